using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Dom.Core.Systemd;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Systemd;

/// <summary>systemd hears of life only while every loop goes on.</summary>
public sealed class ServiceWatchdogTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = Limit / 6;

    private readonly FakeTimeProvider _time = new();
    private TempDirectory _directory;
    private Socket _systemd;
    private ServiceNotifier _notifier;

    [SetUp]
    public void Systemd_listens()
    {
        _directory = new TempDirectory();
        _systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _systemd.Bind(new UnixDomainSocketEndPoint(_directory.Combine("notify")));
        _notifier = new ServiceNotifier(_directory.Combine("notify"));
    }

    [TearDown]
    public void Systemd_is_gone()
    {
        _notifier.Dispose();
        _systemd.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task A_loop_that_stands_still_silences_the_whole_process_and_is_named_once()
    {
        var goes = new LoopProgress("a.goes", _time);
        var stuck = new LoopProgress("a.stuck", _time);
        var named = new List<string>();
        var watchdog = new ServiceWatchdog(_notifier, [goes, stuck], Limit, _time) { StandsStill = (name, _) => named.Add(name) };

        await goes.ResumeAsync();
        await stuck.ResumeAsync();
        Assert.That(HeardAfter(watchdog, looks: 1), Is.EqualTo(1), "both went on");

        for (var i = 0; i < 6; i++)
        {
            goes.Beat();
            Assert.That(HeardAfter(watchdog, looks: 1), Is.Zero, "one did not");
        }

        Assert.That(named, Is.EqualTo(new[] { "a.stuck" }));

        stuck.Beat();
        Assert.That(HeardAfter(watchdog, looks: 1), Is.EqualTo(1), "it did after all");
    }

    [Test]
    public async Task An_announced_silence_is_no_standstill_until_it_is_over()
    {
        var loop = new LoopProgress("a.loop", _time);
        var watchdog = new ServiceWatchdog(_notifier, [loop], Limit, _time);

        loop.Rest(Look * 4.5);
        Assert.That(HeardAfter(watchdog, looks: 8), Is.EqualTo(4));

        loop.Rest(Timeout.InfiniteTimeSpan);
        Assert.That(HeardAfter(watchdog, looks: 6), Is.EqualTo(6));

        await loop.ResumeAsync();
        Assert.That(HeardAfter(watchdog, looks: 3), Is.EqualTo(1), "the turn that began is awaited");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task The_loops_are_looked_at_six_times_in_each_limit(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new ServiceWatchdog(_notifier, [], Limit, _time).RunAsync(end.Token);
        await _time.WhenTimersAsync(1, cancellationToken);
        var buffer = new byte[256];
        for (var i = 0; i < 7; i++)
        {
            var length = await _systemd.ReceiveAsync(buffer, cancellationToken);
            Assert.That(Encoding.UTF8.GetString(buffer, 0, length), Is.EqualTo("WATCHDOG=1"));
            _time.Advance(Look);
        }

        await end.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("30000000", "", 30)]
    [TestCase("30000000", "self", 30)]
    [TestCase("30000000", "1", 0)]
    [TestCase(null, null, 0)]
    [TestCase("0", null, 0)]
    [TestCase("-5", null, 0)]
    [TestCase("soon", null, 0)]
    public void The_limit_is_that_of_this_process(string? microseconds, string? process, int seconds)
    {
        process = process == "self" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process;
        Assert.That(ServiceWatchdog.LimitOf(microseconds, process), Is.EqualTo(seconds == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds)));
    }

    private int HeardAfter(ServiceWatchdog watchdog, int looks)
    {
        for (var i = 0; i < looks; i++)
        {
            _time.Advance(Look);
            watchdog.Look();
        }

        return Heard();
    }

    private int Heard()
    {
        var heard = 0;
        var buffer = new byte[256];
        while (_systemd.Available > 0)
        {
            Assert.That(Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer)), Is.EqualTo("WATCHDOG=1"));
            heard++;
        }

        return heard;
    }
}
