using System.Text.Json;
using Dom.Core.Contracts.Logger;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Logs;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Hosting.Logs;

/// <summary>The log of a role over real connections: its page, reading, following, levels.</summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LogEndpointsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RoleLogging _logging;
    private readonly ILogger _logger;

    public LogEndpointsTests()
    {
        _logging = new RoleLogging(NullLoggerFactory.Instance, LogLevel.Information, _clock);
        _logger = _logging.CreateLogger("Dom.Roles.Some.Part");
    }

    public void Dispose() => _logging.Dispose();

    [Test]
    public async Task The_page_needs_a_certificate_and_chooses_lines(CancellationToken token)
    {
        await using var host = await StartAsync();
        Write("a <script> of web7", LogLevel.Error);
        Write("nothing special", LogLevel.Information);
        await using (var plain = await RawConnection.PlainAsync(host.Port, token))
        {
            Assert.That((await plain.GetAsync("/logs", token)).Status, Is.EqualTo(403));
        }

        await using (var anonymous = await RawConnection.TlsAsync(host.Port, null, token))
        {
            Assert.That((await anonymous.GetAsync("/logs?output=json", token)).Status, Is.EqualTo(403));
        }

        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("bob").Current.Certificate, token);
        var page = await raw.GetAsync("/logs", token);
        Assert.That(page.Status, Is.EqualTo(200));
        Assert.That(page.Text, Does.Contain("a &lt;script&gt; of web7").And.Contain("<span class=\"badge bad\">Error</span>").And.Contain("nothing special")
            .And.Contain("href=\"/logs?category=Dom.Roles.Some.Part\"").And.Contain("aria-current=\"page\">Log</a>").And.Not.Contain("<script"));
        var text = (await raw.GetAsync("/logs?output=text&level=warning&category=some.part", token)).Text;
        Assert.That(text, Is.EqualTo("2026-05-01T12:00:00.000Z Error Dom.Roles.Some.Part[7 Happened]: a <script> of web7\n"));
        Assert.That((await raw.GetAsync("/logs?output=text&text=WEB7", token)).Text, Is.EqualTo(text));
        using var json = JsonDocument.Parse((await raw.GetAsync("/logs?output=json&category=some.part&lines=1", token)).Text);
        Assert.That(json.RootElement.EnumerateArray().Single().GetProperty("message").GetString(), Is.EqualTo("nothing special"), "the newest one");
        _clock.Advance(TimeSpan.FromHours(1));
        Write("later", LogLevel.Information);
        Assert.That((await raw.GetAsync("/logs?output=text&since=2026-05-01T12:30Z", token)).Text, Does.EndWith(": later\n").And.Not.Contain("special"));
        foreach (var wrong in new[] { "level=Loud", "since=soon", "lines=-1", "output=xml" })
        {
            Assert.That((await raw.GetAsync($"/logs?{wrong}", token)).Status, Is.EqualTo(400), wrong);
        }
    }

    [Test]
    public async Task Every_certificate_reads_and_only_a_listed_one_sets_the_level_and_both_tries_are_audited(CancellationToken token)
    {
        await using var host = await StartAsync();
        Write("one", LogLevel.Information);
        var reader = host.ClientWith(host.Pki.Issue(new() { Name = "reader" }, host.Pki.IdentityAuthority));
        var lines = new List<LogLine>();
        await foreach (var part in reader.StreamAsync(LoggerMethods.GetLines, new LogQuery { Category = "Some" }, token))
        {
            lines.AddRange(part.Lines);
        }

        Assert.That(lines.Single(), Has.Property(nameof(LogLine.Message)).EqualTo("one").And.Property(nameof(LogLine.Event)).EqualTo("Happened"));
        var set = new SetLogLevelRequest { Level = LogSeverity.Debug, Category = "Dom.Roles", Lifetime = TimeSpan.FromMinutes(10), Reason = "looking" };
        Assert.That(async () => await reader.CallAsync(LoggerMethods.SetLevel, set, token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(RpcErrorCode.MethodNotGranted));
        Assert.That(_logger.IsEnabled(LogLevel.Debug), Is.False);

        var admin = host.Client("Logger.*");
        var levels = await admin.CallAsync(LoggerMethods.SetLevel, set, token);
        Assert.That(levels.Rules.Single(r => r.Category == "Dom.Roles"), Has.Property(nameof(LogLevelRule.User)).EqualTo("alice").And.Property(nameof(LogLevelRule.Level)).EqualTo(LogSeverity.Debug));
        Assert.That(_logger.IsEnabled(LogLevel.Debug), Is.True);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That(_logger.IsEnabled(LogLevel.Debug), Is.False);
        Assert.That((await reader.CallAsync(LoggerMethods.GetLevels, new LogLevelsRequest(), token)).Rules.Select(r => r.Category), Is.EqualTo(new[] { "", "Microsoft" }));
        Assert.That(Messages(), Has.Some.Contains("alice set the log level of Dom.Roles to Debug for 10min: looking").And.Some.Contains("that alice set for Dom.Roles is over: it is Information again"));

        await admin.CallAsync(LoggerMethods.SetLevel, set with { Level = LogSeverity.Error, Lifetime = null }, token);
        await admin.CallAsync(LoggerMethods.SetLevel, new SetLogLevelRequest { Reset = true }, token);
        Assert.That(_logger.IsEnabled(LogLevel.Information), Is.True);
        await host.Host.DisposeAsync();
        var audit = await File.ReadAllLinesAsync(host.AuditFile, token);
        Assert.That(audit, Has.Length.EqualTo(3));
        Assert.That(await File.ReadAllTextAsync(host.RefusedFile, token), Does.Contain("\"user\":\"reader\"").And.Contain("\"outcome\":\"MethodNotGranted\""));
        Assert.That(audit[0], Does.Contain("\"target\":\"Dom.Roles: Debug for 10min\"").And.Contain("\"reason\":\"looking\"").And.Contain("\"outcome\":\"Ok\""));
        Assert.That(audit[2], Does.Contain("\"target\":\"all: as at the start\""));
    }

    [Test]
    public async Task A_level_that_makes_no_sense_is_refused(CancellationToken token)
    {
        await using var host = await StartAsync();
        var admin = host.Client("Logger.SetLevel");
        foreach (var (request, code) in new[]
        {
            (new SetLogLevelRequest { Level = (LogSeverity)6 }, LoggerErrorCode.BadLevel),
            (new SetLogLevelRequest { Lifetime = TimeSpan.FromMilliseconds(999) }, LoggerErrorCode.BadLifetime),
            (new SetLogLevelRequest { Lifetime = TimeSpan.FromDays(31) }, LoggerErrorCode.BadLifetime),
            (new SetLogLevelRequest { Lifetime = TimeSpan.FromDays(-1) }, LoggerErrorCode.BadLifetime),
            (new SetLogLevelRequest { Category = new string('c', 300) }, LoggerErrorCode.BadCategory),
            (new SetLogLevelRequest { Reason = new string('r', 2_000) }, LoggerErrorCode.BadReason),
        })
        {
            Assert.That(async () => await admin.CallAsync(LoggerMethods.SetLevel, request, token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Status)).EqualTo(RpcStatus.InvalidArgument), code);
        }

        Assert.That(_logging.Levels.InForce().Rules, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_follower_gets_new_lines_and_goes_on_where_it_was(CancellationToken token)
    {
        await using var host = await StartAsync();
        Write("old", LogLevel.Information);
        Write("before", LogLevel.Warning);
        var client = host.Client();
        LogLines part;
        await using (var watch = client.StreamAsync(LoggerMethods.Watch, new LogQuery { Category = "Some", Lines = 1 }, token).GetAsyncEnumerator(token))
        {
            part = await NextAsync(watch);
            Assert.That(part.Lines.Single().Message, Is.EqualTo("before"));
            Write("new", LogLevel.Error);
            part = await NextAsync(watch);
            Assert.That(part.Lines.Single().Message, Is.EqualTo("new"));
        }

        Write("while away", LogLevel.Error);
        await using (var again = client.StreamAsync(LoggerMethods.Watch, new LogQuery { Category = "Some", Epoch = part.Epoch, After = part.Next }, token).GetAsyncEnumerator(token))
        {
            Assert.That((await NextAsync(again)).Lines.Single().Message, Is.EqualTo("while away"));
        }

        await using var other = client.StreamAsync(LoggerMethods.Watch, new LogQuery { Category = "Some", Epoch = part.Epoch + 1, After = part.Next }, token).GetAsyncEnumerator(token);
        Assert.That((await NextAsync(other)).Lines.Select(l => l.Message), Is.EqualTo(new[] { "old", "before", "new", "while away" }), "a position of another run says nothing");
    }

    [Test]
    public async Task A_slow_follower_holds_nobody_up_and_is_told_what_it_missed(CancellationToken token)
    {
        await using var host = await StartAsync();
        await using var watch = host.Client().StreamAsync(LoggerMethods.Watch, new LogQuery { Lines = 0 }, token).GetAsyncEnumerator(token);
        Assert.That(await watch.MoveNextAsync(), Is.True);
        var start = watch.Current.Next;
        var text = new string('x', LogRing.MaxMessage);
        const int written = 30_000;
        for (var i = 0; i < written; i++)
        {
            Write(text, LogLevel.Information);
        }

        long got = 0, lost = 0, at = start;
        while (at < start + written && await watch.MoveNextAsync())
        {
            var part = watch.Current;
            Assert.That(part.Lines.Select(l => l.Number), Is.Ordered);
            got += part.Lines.Count;
            lost += part.Lost;
            at = part.Next;
        }

        Assert.That(lost, Is.GreaterThan(0));
        Assert.That(got + lost, Is.EqualTo(at - start));
    }

    [Test]
    public async Task Followers_are_bounded_in_number_and_make_room_when_they_go(CancellationToken token)
    {
        await using var host = await StartAsync();
        RpcClient[] clients = [.. Enumerable.Range(0, 5).Select(i => host.ClientWith(host.Pki.User($"user {i}")))];
        var client = clients[0];
        var followers = new List<IAsyncEnumerator<LogLines>>();
        for (var i = 0; i < LogEndpoints.MaxWatchers; i++)
        {
            if (i == LogEndpoints.MaxWatchers / 4)
            {
                Assert.That(async () => await FirstAsync(), Throws.TypeOf<RpcException>().With.Message.Contains("user 0 already; one user may have 16 of 64"));
            }

            followers.Add(clients[i / (LogEndpoints.MaxWatchers / 4)].StreamAsync(LoggerMethods.Watch, new LogQuery(), token).GetAsyncEnumerator(token));
            Assert.That(await followers[^1].MoveNextAsync(), Is.True);
        }

        client = clients[4];
        Assert.That(async () => await FirstAsync(), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LoggerErrorCode.TooManyWatchers));
        foreach (var follower in followers)
        {
            await follower.DisposeAsync();
        }

        while (true)
        {
            try
            {
                await FirstAsync();
                break;
            }
            catch (RpcException fault) when (fault.Code == LoggerErrorCode.TooManyWatchers)
            {
                // The server hears a moment later that they are gone.
                await Task.Delay(20, token);
            }
        }

        async Task FirstAsync()
        {
            await using var one = client.StreamAsync(LoggerMethods.Watch, new LogQuery(), token).GetAsyncEnumerator(token);
            await one.MoveNextAsync();
        }
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync((options, _) => options with { Logging = _logging });

    private void Write(string text, LogLevel level) => _logger.Log(level, new EventId(7, "Happened"), text, null, static (t, _) => t);

    private IEnumerable<string> Messages() => _logging.Ring.Read(0, out _, out _).Select(l => l.Message);

    private static async Task<LogLines> NextAsync(IAsyncEnumerator<LogLines> watch)
    {
        while (await watch.MoveNextAsync())
        {
            if (watch.Current.Lines.Count > 0)
            {
                return watch.Current;
            }
        }

        throw new AssertionException("the stream ended");
    }
}
