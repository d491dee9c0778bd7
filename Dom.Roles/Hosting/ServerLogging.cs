using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Roles.Hosting;

/// <summary>
/// What the web server below a role may log. Strangers can make it write lines, some of them critical, so they come out of one budget; faults of
/// the start are thrown to whoever starts the role, who says them better than a stack trace.
/// </summary>
internal sealed class ServerLogging(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    private readonly LogBudget _budget = new(time, lines: 10, TimeSpan.FromSeconds(10));
    private volatile bool _isOpen;

    /// <summary>Lets lines through, once the server has started.</summary>
    public void Open() => _isOpen = true;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Bounded(this, inner.CreateLogger(categoryName));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The factory behind belongs to the program.</summary>
    public void Dispose() => _isOpen = false;

    private sealed class Bounded(ServerLogging owner, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => owner._isOpen && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || !owner._budget.TryTake(out var suppressed))
            {
                return;
            }

            // One line: the trace of what a stranger sent is of no use, and long.
            var fault = exception is null ? "" : $": {exception.GetType().Name}: {exception.Message}";
            var left = suppressed == 0 ? "" : $" ({suppressed} lines of the web server left out)";
            logger.Log(logLevel, eventId, state, null, (s, _) => $"{formatter(s, null)}{fault}{left}");
        }
    }
}
