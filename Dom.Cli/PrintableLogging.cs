using Dom.Roles.Hosting.Logs;
using Microsoft.Extensions.Logging;

namespace Dom.Cli;

/// <summary>
/// Makes every log line safe to read: whatever comes from peers, machines or files cannot start another line, move the cursor, change colours
/// or turn the direction of the text. It stands before all outputs, so no message and no role can forget it.
/// </summary>
internal sealed class PrintableLogging(ILoggerFactory inner) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new PrintableLogger(inner.CreateLogger(categoryName));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class PrintableLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            // The exception becomes part of the text, since outputs would print its message as it is.
            var line = LogText.Of(state, exception, formatter);
            logger.Log(logLevel, eventId, line, null, static (printable, _) => printable);
        }
    }
}
