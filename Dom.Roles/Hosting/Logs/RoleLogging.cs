using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting.Logs;

/// <summary>The log of one role: decides by a level that may change while it runs which lines there are, keeps the last of them, and hands all to the log of the program.</summary>
/// <remarks>Several roles in one process have one each. The log behind it should let everything through.</remarks>
public sealed class RoleLogging : ILoggerFactory
{
    private readonly ILoggerFactory _inner;
    private readonly ConcurrentDictionary<string, RoleLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Lock _applying = new();

    /// <summary>Makes the log of a role.</summary>
    /// <param name="inner">The log of the program; it stays the caller's.</param>
    /// <param name="level">The least important lines that are logged.</param>
    /// <param name="time">The clock.</param>
    public RoleLogging(ILoggerFactory inner, LogLevel level, TimeProvider time)
    {
        _inner = inner;
        Ring = new LogRing(time);
        Levels = new LogLevelSwitch(level, time);
        Levels.Changed += ApplyToAll;
    }

    /// <summary>The last lines.</summary>
    internal LogRing Ring { get; }

    /// <summary>Which lines there are.</summary>
    internal LogLevelSwitch Levels { get; }

    /// <summary>The given log, if it is one of a role, or one that hands its lines to it.</summary>
    public static RoleLogging For(ILoggerFactory logging, TimeProvider time) => logging as RoleLogging ?? new RoleLogging(logging, LogLevel.Information, time);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        var logger = _loggers.GetOrAdd(categoryName, static (name, owner) => new RoleLogger(owner.Ring, name, owner._inner.CreateLogger(name)), this);
        Apply(logger);
        return logger;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    /// <summary>Ends the timers of levels. Lines are taken still.</summary>
    public void Dispose() => Levels.Dispose();

    private void ApplyToAll()
    {
        foreach (var logger in _loggers.Values)
        {
            Apply(logger);
        }
    }

    /// <summary>In turn, so that a logger never keeps a level that was read before the newest was set.</summary>
    private void Apply(RoleLogger logger)
    {
        lock (_applying)
        {
            logger.Minimum = Levels.For(logger.Category);
        }
    }

    private sealed class RoleLogger(LogRing ring, string category, ILogger inner) : ILogger
    {
        private volatile int _minimum = (int)LogLevel.None;

        public string Category => category;

        public LogLevel Minimum
        {
            set => _minimum = (int)value;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => (int)logLevel >= _minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            ring.Add(logLevel, category, eventId, LogText.Of(state, exception, formatter, LogRing.MaxMessage));
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
