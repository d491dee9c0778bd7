using Dom.Core.Contracts.Logger;
using Dom.Roles.Hosting.Logs;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Hosting.Logs;

#pragma warning disable CA2254 // Tests write what they are given.

public sealed class RoleLoggingTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void A_line_below_the_level_is_never_made()
    {
        using var logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        var logger = logging.CreateLogger<RoleLoggingTests>();
        var made = 0;
        Write(LogLevel.Debug);
        Assert.That((made, logger.IsEnabled(LogLevel.Debug), logger.IsEnabled(LogLevel.None)), Is.EqualTo((0, false, false)));
        Write(LogLevel.Information);
        Assert.That(made, Is.EqualTo(1));

        logging.Levels.TrySet(new LogLevelRule { Level = LogSeverity.Debug, User = "bob" }, null);
        Write(LogLevel.Debug);
        Write(LogLevel.Trace);
        Assert.That(made, Is.EqualTo(2));
        Assert.That(Lines(logging).Select(l => (l.Level, l.Category, l.EventId, l.Event, l.Message)), Is.EqualTo(new[]
        {
            (LogSeverity.Information, typeof(RoleLoggingTests).FullName, 7, "Happened", "text"),
            (LogSeverity.Debug, typeof(RoleLoggingTests).FullName, 7, "Happened", "text"),
        }));

        void Write(LogLevel level) => logger.Log(level, new EventId(7, "Happened"), 0, null, (_, _) =>
        {
            made++;
            return "text";
        });
    }

    [Test]
    public void The_longest_category_counts_and_the_web_server_says_less()
    {
        using var logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        var parts = new[] { "Dom.Roles.Sub.Update.Swapper", "Dom.Roles.Sub.SubRole", "Dom.Roles.Subway", "Microsoft.AspNetCore.Server" }.Select(logging.CreateLogger).ToArray();
        Assert.That(Levels(), Is.EqualTo(new[] { LogLevel.Information, LogLevel.Information, LogLevel.Information, LogLevel.Warning }));
        Set("Dom.Roles.Sub", LogSeverity.Debug);
        Set("Dom.Roles.Sub.Update", LogSeverity.Error);
        Set("", LogSeverity.Warning);
        Assert.That(Levels(), Is.EqualTo(new[] { LogLevel.Error, LogLevel.Debug, LogLevel.Warning, LogLevel.Warning }));
        Set("", LogSeverity.Trace);
        Assert.That(Levels()[3], Is.EqualTo(LogLevel.Warning), "more of all is not more of the web server");
        Assert.That(logging.CreateLogger("Dom.Roles.Sub.Later").IsEnabled(LogLevel.Debug), Is.True, "a logger that is made later");
        logging.Levels.Reset("Dom.Roles.Sub.Update");
        Assert.That(Levels()[0], Is.EqualTo(LogLevel.Debug));
        logging.Levels.Reset("");
        Assert.That(Levels(), Is.EqualTo(new[] { LogLevel.Information, LogLevel.Information, LogLevel.Information, LogLevel.Warning }));

        void Set(string category, LogSeverity level) => Assert.That(logging.Levels.TrySet(new LogLevelRule { Category = category, Level = level, User = "bob" }, null), Is.True);

        LogLevel[] Levels() => [.. parts.Select(p => Enum.GetValues<LogLevel>().First(p.IsEnabled))];
    }

    [Test]
    public void A_level_goes_back_when_its_time_is_over_unless_another_one_was_set()
    {
        using var logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        var logger = logging.CreateLogger("x");
        var expired = new List<LogLevelRule>();
        logging.Levels.Expired += expired.Add;
        Set(LogSeverity.Debug, TimeSpan.FromMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.That(logger.IsEnabled(LogLevel.Debug), Is.True);
        Set(LogSeverity.Trace, TimeSpan.FromMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.That(logger.IsEnabled(LogLevel.Trace), Is.True, "the time of the first one says nothing any more");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That((logger.IsEnabled(LogLevel.Debug), logger.IsEnabled(LogLevel.Information)), Is.EqualTo((false, true)));
        Assert.That(expired.Single().Level, Is.EqualTo(LogSeverity.Trace));
        Set(LogSeverity.Debug, TimeSpan.FromMinutes(10));
        Set(LogSeverity.Debug, null);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.That((logger.IsEnabled(LogLevel.Debug), _clock.ActiveTimers), Is.EqualTo((true, 0)));

        void Set(LogSeverity level, TimeSpan? time) => logging.Levels.TrySet(new LogLevelRule { Level = level, User = "bob" }, time);
    }

    [Test]
    public void Levels_are_bounded_in_number()
    {
        using var logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        for (var i = 0; i < LogLevelSwitch.MaxRules; i++)
        {
            Assert.That(logging.Levels.TrySet(new LogLevelRule { Category = $"c{i}", User = "bob" }, null), Is.True);
        }

        Assert.That(logging.Levels.TrySet(new LogLevelRule { Category = "more", User = "bob" }, null), Is.False);
        Assert.That(logging.Levels.TrySet(new LogLevelRule { Category = "c1", User = "bob" }, null), Is.True, "one that is there may change");
    }

    [Test]
    public void Roles_of_one_process_have_logs_and_levels_of_their_own_and_the_program_gets_all_lines()
    {
        using var all = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Trace, _clock);
        using var sub = new RoleLogging(all, LogLevel.Information, _clock);
        using var master = new RoleLogging(all, LogLevel.Information, _clock);
        master.Levels.TrySet(new LogLevelRule { Level = LogSeverity.Debug, User = "bob" }, null);
        Write(sub, "of the sub");
        Write(master, "of the master");
        Assert.That(Lines(sub).Select(l => l.Message), Is.Empty);
        Assert.That(Lines(master).Select(l => l.Message), Is.EqualTo(new[] { "of the master" }));
        Assert.That(Lines(all).Select(l => l.Message), Is.EqualTo(new[] { "of the master" }));
        Assert.That(RoleLogging.For(sub, _clock), Is.SameAs(sub));

        static void Write(RoleLogging logging, string text) => logging.CreateLogger("c").Log(LogLevel.Debug, default, text, null, static (t, _) => t);
    }

    [Test]
    public void What_peers_say_is_safe_and_no_longer_than_it_may_be()
    {
        using var logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        var logger = logging.CreateLogger("c");
        logger.Log(LogLevel.Error, default, "a\u001b[2J\nfake line", null, static (t, _) => t);
        logger.Log(LogLevel.Error, default, new string('\n', 1 << 20), null, static (t, _) => t);
        Assert.That(Lines(logging)[0].Message, Is.EqualTo(@"a\x1b[2J\x0afake line"));
        Assert.That(Lines(logging)[1].Message, Has.Length.LessThan(LogRing.MaxMessage + 40).And.Contain("(1048576 characters)"));
    }

    private static IReadOnlyList<LogLine> Lines(RoleLogging logging) => logging.Ring.Read(0, out _, out _);
}
