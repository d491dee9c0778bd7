using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.MdbSync.Publication;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>Readers that follow the list.</summary>
[CancelAfter(60_000)]
public sealed class StreamTests
{
    [Test]
    public async Task A_reader_gets_the_whole_list_and_then_what_changes(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var source = rig.AddSource("json FILE", "a.json", MdbRig.Json(1_200));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 1_200, token);
        await using var parts = rig.Admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).GetAsyncEnumerator(token);
        var assembler = new MdbAssembler(MachineListLimits.Default);
        var first = new List<MdbUpdate>();
        var list = await NextAsync(parts, assembler, first);
        Assert.That(first.Select(p => (p.Full, p.Machines.Count, p.Complete)), Is.EqualTo(new[] { (true, 500, false), (false, 500, false), (false, 200, true) }));
        Assert.That(list.Machines, Is.EqualTo(rig.List.Machines));

        await File.WriteAllTextAsync(source, MdbRig.Json(1_199).Replace("\"h7\",\"RequiredImage\":\"web/1\"", "\"h7\",\"RequiredImage\":\"web/2\"", StringComparison.Ordinal), token);
        await rig.UntilAsync(() => rig.List.Count == 1_199, token);
        var second = new List<MdbUpdate>();
        list = await NextAsync(parts, assembler, second);
        Assert.That(second.SelectMany(p => p.Removed), Is.EqualTo(new[] { "h1199" }));
        Assert.That(second.SelectMany(p => p.Machines).Select(m => m.Hostname), Is.EqualTo(new[] { "h7" }));
        Assert.That(list.Machines, Is.EqualTo(rig.List.Machines));
    }

    [Test]
    public async Task A_reader_that_is_slow_gets_the_newest_state_in_one_step(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var source = rig.AddSource("json FILE", "a.json", MdbRig.Json(50, "web/0"));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 50, token);
        await using var parts = rig.Admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).GetAsyncEnumerator(token);
        var assembler = new MdbAssembler(MachineListLimits.Default);
        await NextAsync(parts, assembler, []);
        for (var i = 1; i <= 20; i++)
        {
            // The reader reads nothing meanwhile. What waits for it is bounded by what fits into the pipe: a difference or two.
            await File.WriteAllTextAsync(source, MdbRig.Json(50, $"web/{i}"), token);
            await rig.UntilAsync(() => rig.List.Find("h0")?.RequiredImage == $"web/{i}", token);
        }

        var generation = rig.Status.Generation;
        var received = new List<MdbUpdate>();
        MachineList list;
        do
        {
            list = await NextAsync(parts, assembler, received);
        }
        while (received[^1].Generation < generation);

        Assert.That(list.Machines, Is.EqualTo(rig.List.Machines));
        Assert.That(generation, Is.GreaterThan(20));
    }

    [Test]
    public async Task Readers_hear_of_the_server_when_nothing_changes_and_leave_nothing_behind(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(5));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 5, token);
        await using (var parts = rig.Admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).GetAsyncEnumerator(token))
        {
            Assert.That(await parts.MoveNextAsync(), Is.True);
            Assert.That(rig.Status.Watchers, Is.EqualTo(1));
            var next = parts.MoveNextAsync().AsTask();
            await rig.UntilAsync(() => next.IsCompleted, token);
            Assert.That((parts.Current.Complete, parts.Current.Full, parts.Current.Machines.Count), Is.EqualTo((true, false, 0)));
        }

        await rig.UntilAsync(() => rig.Status.Watchers == 0, token);
    }

    [Test]
    public async Task The_number_of_readers_of_one_user_is_limited(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(5));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 5, token);
        var admin = rig.Admin;
        var readers = new List<IAsyncEnumerator<MdbUpdate>>();
        while (readers.Count < 64)
        {
            readers.Add(admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).GetAsyncEnumerator(token));
            Assert.That(await readers[^1].MoveNextAsync(), Is.True);
        }

        Assert.That(async () => await admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).FirstAsync(token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(MdbErrorCode.TooManyWatchers));
        await readers[0].DisposeAsync();
        await rig.UntilAsync(() => rig.Status.Watchers == 63, token);
        Assert.That((await admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).FirstAsync(token)).Machines, Has.Count.EqualTo(5));
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Test]
    public void Pages_are_bounded_by_what_machines_carry()
    {
        var large = new Dictionary<string, string> { ["Note"] = new string('x', 200_000) };
        var machines = new MachineList(Enumerable.Range(0, 20).Select(i => new Machine { Hostname = $"h{i}", Tags = large })).Machines;
        var pages = MachinePages.Cut(machines).ToList();
        Assert.That(pages.SelectMany(p => p), Is.EqualTo(machines));
        Assert.That(pages.Select(p => MessagePackSerializer.Serialize(new MdbPage { Machines = p }).Length), Is.All.LessThan(2 << 20));
        Assert.That(pages, Has.Count.LessThan(10));
        Assert.That(MachinePages.Cut([]).Single(), Is.Empty);
    }

    [Test]
    public void Parts_that_make_no_valid_list_are_refused()
    {
        Assert.That(() => new MdbAssembler(MachineListLimits.Default).Add(new MdbUpdate { Complete = true }), Throws.TypeOf<MachineListException>());
        Assert.That(
            () => new MdbAssembler(MachineListLimits.Default).Add(new MdbUpdate { Full = true, Machines = [new Machine { Hostname = "../x" }], Complete = true }),
            Throws.TypeOf<MachineListException>());
        Assert.That(
            () => new MdbAssembler(new MachineListLimits { MaxMachines = 1 }).Add(new MdbUpdate { Full = true, Machines = [new Machine { Hostname = "a" }, new Machine { Hostname = "b" }] }),
            Throws.TypeOf<MachineListException>());
    }

    [Test]
    public async Task The_stream_needs_a_certificate_that_lists_it(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(5));
        await rig.StartAsync(token);
        Assert.That(async () => await rig.Connect("sub", []).StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).FirstAsync(token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Status)).EqualTo(RpcStatus.PermissionDenied));
    }

    private static async Task<MachineList> NextAsync(IAsyncEnumerator<MdbUpdate> parts, MdbAssembler assembler, List<MdbUpdate> received)
    {
        while (await parts.MoveNextAsync())
        {
            received.Add(parts.Current);
            if (assembler.Add(parts.Current) is { } list)
            {
                return list;
            }
        }

        throw new AssertionException("the stream ended");
    }
}
