using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Dom.Cli;

/// <summary>A log that goes to a file, one line an event, for runs whose terminal shows something else.</summary>
internal sealed class FileLogging(string path, TimeProvider time) : ILoggerProvider
{
    private readonly StreamWriter _file = new(path, append: true) { AutoFlush = true };
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(LogLevel level, string category, string message)
    {
        lock (_lock)
        {
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {level} {category}: {message.ReplaceLineEndings(" ")}"));
        }
    }

    private sealed class FileLogger(FileLogging log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, category, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}");
            }
        }
    }
}
