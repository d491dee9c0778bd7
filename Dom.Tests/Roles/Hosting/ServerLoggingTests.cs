using System.Collections.Concurrent;
using Dom.Roles.Hosting;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dom.Tests.Roles.Hosting;

public sealed class ServerLoggingTests
{
    [Test]
    public void Lines_of_the_web_server_are_bounded_and_begin_when_it_has_started()
    {
        var lines = new ConcurrentQueue<string>();
        using var inner = LoggerFactory.Create(logging => logging.AddProvider(new Collector(lines)));
        var clock = new FakeTimeProvider();
        using var logging = new ServerLogging(inner, clock);
        var logger = logging.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        Write(logger, 5);
        Assert.That(lines, Is.Empty, "faults of the start are thrown, not logged");
        logging.Open();
        Write(logger, 1000);
        Assert.That(lines, Has.Count.EqualTo(10));
        Assert.That(lines.First(), Is.EqualTo("a stream was reset: IOException: enough"), "without its trace");
        clock.Advance(TimeSpan.FromSeconds(11));
        Write(logger, 1);
        Assert.That(lines.Last(), Does.Contain("990 lines of the web server left out"));
    }

    private static void Write(ILogger logger, int lines)
    {
        for (var i = 0; i < lines; i++)
        {
            logger.Log(LogLevel.Critical, default, "a stream was reset", new IOException("enough"), static (text, _) => text);
        }
    }

    private sealed class Collector(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose() => lines.Clear();
    }
}
