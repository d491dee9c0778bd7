using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master;

/// <summary>A master that follows the list of mdb-sync.</summary>
[CancelAfter(30_000)]
public sealed class MachineListStreamTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task Lists_are_taken_as_they_come_and_kept_while_the_server_is_away(CancellationToken token)
    {
        var server = new ScriptedMdb();
        await using var stream = Stream(server);
        Assert.That(await stream.RefreshAsync(token), Is.False);
        server.Send(Whole("a", "b", "c", "d"));
        await UntilAsync(stream, () => stream.List.Count == 4, token);
        server.Send(new MdbUpdate { Generation = 2, Removed = ["a"], Machines = [new Machine { Hostname = "b", RequiredImage = "web/1" }], Complete = true });
        await UntilAsync(stream, () => stream.List.Find("b")?.RequiredImage == "web/1", token);
        var list = stream.List;
        server.Fail(new RpcException(RpcStatus.Unavailable, "connection refused"));
        await UntilAsync(stream, () => stream.Error.Length > 0, token);
        Assert.That(stream.Error, Is.EqualTo("machine list of mdb:6973: connection refused. The last good list of 3 machines stays in force."));
        Assert.That(stream.List, Is.SameAs(list));
        server.Send(Whole("b", "c", "d"));
        await UntilAsync(stream, () => stream.Error.Length == 0 && stream.List.Find("b")?.RequiredImage == "", token);
    }

    [Test]
    public async Task A_list_that_says_the_same_after_a_new_connection_disturbs_nothing(CancellationToken token)
    {
        var server = new ScriptedMdb();
        await using var stream = Stream(server);
        server.Send(Whole("a", "b"));
        await UntilAsync(stream, () => stream.List.Count == 2, token);
        var list = stream.List;
        server.Fail(new RpcException(RpcStatus.Unavailable, "restart"));
        await UntilAsync(stream, () => stream.Error.Length > 0, token);
        server.Send(Whole("a", "b"));
        await UntilAsync(stream, () => stream.Error.Length == 0, token);
        Assert.That(stream.List, Is.SameAs(list));
    }

    [Test]
    public async Task A_list_that_lost_too_much_is_taken_once_a_person_accepts_it(CancellationToken token)
    {
        var server = new ScriptedMdb();
        await using var stream = Stream(server);
        stream.Restore(new MachineList(Enumerable.Range(0, 10).Select(i => new Machine { Hostname = $"h{i}" })));
        server.Send(Whole("h1", "h2"));
        await UntilAsync(stream, () => stream.Error.Contains("accept-machine-list", StringComparison.Ordinal), token);
        Assert.That(await stream.AcceptAsync(token), Is.EqualTo(8));
        Assert.That((stream.List.Count, stream.Error), Is.EqualTo((2, "")));
    }

    [Test]
    public async Task Sudden_shrinking_invalid_parts_and_silence_are_faults(CancellationToken token)
    {
        var server = new ScriptedMdb();
        await using var stream = Stream(server);
        stream.Restore(new MachineList(Enumerable.Range(0, 10).Select(i => new Machine { Hostname = $"h{i}" })));
        server.Send(Whole("h1", "h2"));
        await UntilAsync(stream, () => stream.Error.Contains("8 of 10 machines are missing", StringComparison.Ordinal), token);
        Assert.That(stream.List.Count, Is.EqualTo(10));
        server.Send(new MdbUpdate { Machines = [new Machine { Hostname = "a/b" }], Complete = true });
        await UntilAsync(stream, () => stream.Error.Contains("label 'a/b'", StringComparison.Ordinal), token);
        await UntilAsync(stream, () => stream.Error.Contains("said nothing for 45 s", StringComparison.Ordinal), token);
        Assert.That(stream.List.Count, Is.EqualTo(10));
        server.Send(Whole([.. Enumerable.Range(0, 9).Select(i => $"h{i}")]));
        await UntilAsync(stream, () => stream.List.Count == 9, token);
    }

    [Test]
    public async Task A_master_polls_the_machines_of_the_stream(CancellationToken token)
    {
        var server = new ScriptedMdb();
        await using var rig = new MasterRig { MdbServer = _ => server.Connect() };
        rig.Options = rig.Options with { MdbServer = new HostAndPort("mdb", 6973) };
        rig.Add("web1", new ScriptedSub());
        server.Send(Whole("web1"));
        await rig.StartAsync(token);
        while (rig.Service.List.Count == 0)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, token);
        }

        Assert.That(rig.Fleet.Machines, Has.Length.EqualTo(1));
        Assert.That(rig.Service.ListError, Is.Empty);
    }

    private MachineListStream Stream(ScriptedMdb server) => new("mdb:6973", server.Connect(), 50, MachineListLimits.Default, _clock);

    private static MdbUpdate Whole(params string[] names) =>
        new() { Generation = 1, Full = true, Machines = [.. names.Select(n => new Machine { Hostname = n })], Complete = true };

    private async Task UntilAsync(MachineListStream stream, Func<bool> condition, CancellationToken token)
    {
        await stream.RefreshAsync(token);
        while (!condition())
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, token);
            await stream.RefreshAsync(token);
        }
    }

    /// <summary>Sends what a test says to whoever follows.</summary>
    private sealed class ScriptedMdb
    {
        private readonly Channel<object> _script = Channel.CreateUnbounded<object>();
        private readonly RpcRouter _router = new();

        public ScriptedMdb() => _router.MapServerStream(MdbServerMethods.GetMdbUpdates, (_, _, token) => PlayAsync(token));

        public RpcChannel Connect() => new RpcLoopback(_router, new RpcCaller("master", [], [MdbServerMethods.GetMdbUpdates.FullName]));

        public void Send(MdbUpdate update) => _script.Writer.TryWrite(update);

        public void Fail(RpcException fault) => _script.Writer.TryWrite(fault);

        private async IAsyncEnumerable<MdbUpdate> PlayAsync([EnumeratorCancellation] CancellationToken token)
        {
            await foreach (var next in _script.Reader.ReadAllAsync(token))
            {
                yield return next is RpcException fault ? throw fault : (MdbUpdate)next;
            }
        }
    }
}
