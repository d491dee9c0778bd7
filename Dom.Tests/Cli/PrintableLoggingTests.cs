using Dom.Cli;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dom.Tests.Cli;

public sealed class PrintableLoggingTests
{
    [Test]
    public async Task What_a_peer_says_can_neither_begin_a_line_nor_speak_to_the_terminal()
    {
        using var directory = new TempDirectory();
        var path = directory.Combine("log");
        using (var logging = new PrintableLogging(LoggerFactory.Create(b => b.AddProvider(new FileLogging(path, TimeProvider.System)))))
        {
            var logger = logging.CreateLogger("test");
#pragma warning disable CA1848, CA2254, CA1873 // A test writes one line.
            logger.LogError(new InvalidOperationException("inner\r\nfake: line"), "{Machine} failed: {Reason}", "web7", "a\u001b[2Jb\r\nc\u202ed\u2028e\u0085f\u2066g");
#pragma warning restore CA1848, CA2254, CA1873
        }

        var lines = await File.ReadAllTextAsync(path);
        Assert.That(lines, Does.Contain(@"web7 failed: a\x1b[2Jb\x0d\x0ac\u202ed\u2028e\x85f\u2066g"));
        Assert.That(lines.TrimEnd('\n').AsSpan().IndexOfAnyInRange('\0', '\x1f'), Is.LessThan(0), "one line, nothing but text");
        Assert.That(lines, Does.Contain("fake: line"));
    }
}
