using System.Net.Sockets;
using Dom.Cli;
using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>The program of the sub is part of the image: it replaces itself last, and comes back as the new one.</summary>
[CancelAfter(180_000)]
public sealed class SelfUpdateTests
{
    private const int Killed = 128 + 9;
    private const string Place = "/usr/lib/dom";

    [Test]
    public async Task Without_a_service_manager_the_process_becomes_the_new_program(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        var before = await rig.ConvergeAsync(cancellationToken);
        var id = rig.Process.Id;
        await RequireNewProgramAsync(rig, "test/2");

        await UpdateAsync(rig, cancellationToken);
        await rig.Process.WaitAsync("the new program answers", () => rig.Process.Starts == 2, cancellationToken);
        rig.Reconnect();
        var after = await rig.ConvergeAsync(cancellationToken);

        Assert.That(after.AppliedImage, Is.EqualTo("test/2"));
        Assert.That(after.Epoch, Is.Not.EqualTo(before.Epoch));
        Assert.That(after.UpdatesDone, Is.Zero, "nothing was left to do for the new program");
        Assert.That(await RunsWhatStandsThereAsync(rig, id), Is.True);
        Assert.That(rig.Services, Is.EqualTo(["stop app", "start app"]), "services are up before the program ends, and the journal is done");
        Assert.That(File.Exists(rig.Root + "/.subd/journal"), Is.False);
    }

    [Test]
    public async Task Under_a_service_manager_it_ends_with_an_exit_code_and_the_next_start_runs_the_new_one(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(Path.Combine(rig.Place, "notify")));
        rig.Environment["NOTIFY_SOCKET"] = Path.Combine(rig.Place, "notify");
        await rig.StartSubAsync(cancellationToken);
        await RequireNewProgramAsync(rig, "test/2");

        await UpdateAsync(rig, cancellationToken);

        Assert.That(await rig.Process.EndAsync(cancellationToken), Is.EqualTo(ExitCode.Replaced), rig.Process.Log);
        await rig.ForgetProcessAsync();
        await rig.StartSubAsync(cancellationToken);
        var after = await rig.ConvergeAsync(cancellationToken);
        Assert.That((after.AppliedImage, after.UpdatesDone), Is.EqualTo(("test/2", 0L)));
        Assert.That(await RunsWhatStandsThereAsync(rig, rig.Process.Id), Is.True);
    }

    [Test]
    public async Task A_new_program_that_does_not_start_goes_back_and_the_old_one_stays_until_a_better_one_comes(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        var before = await rig.ConvergeAsync(cancellationToken);
        await RequireNewProgramAsync(rig, "test/2", static library =>
        {
            using var file = File.OpenWrite(library);
            file.SetLength(file.Length / 2);
        });

        await UpdateAsync(rig, cancellationToken);
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, AppliedImage: "test/1", RequiredReadiness: ImageReadiness.RolledBack }, cancellationToken);

        Assert.That(state.LastUpdateError, Does.StartWith("the new dom does not start: "));
        Assert.That(rig.Read("/etc/app"), Is.EqualTo("1"));
        Assert.That((state.Epoch, rig.Process.Starts), Is.EqualTo((before.Epoch, 1)));

        await RequireNewProgramAsync(rig, "test/3");
        await UpdateAsync(rig, cancellationToken);
        await rig.Process.WaitAsync("the better program answers", () => rig.Process.Starts == 2, cancellationToken);
        rig.Reconnect();
        var after = await rig.ConvergeAsync(cancellationToken);
        Assert.That((after.AppliedImage, after.FailedServices.Count), Is.EqualTo(("test/3", 0)));
    }

    [Test]
    public async Task Killed_in_the_swap_the_old_program_ends_the_update_and_gives_way(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        await KillAsync(rig, "swap.install", cancellationToken);
        Assert.That(rig.Read("/etc/app"), Is.EqualTo("1"), "killed before the first step");

        await rig.StartSubAsync(cancellationToken);
        await rig.Process.WaitAsync("the new program answers", () => rig.Process.Starts == 2, cancellationToken);
        rig.Reconnect();
        var after = await rig.ConvergeAsync(cancellationToken);
        Assert.That(after.AppliedImage, Is.EqualTo("test/2"));
        Assert.That(await RunsWhatStandsThereAsync(rig, rig.Process.Id), Is.True);
    }

    [Test]
    public async Task Killed_after_the_swap_the_new_program_ends_the_update_and_stays(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        await KillAsync(rig, "swap.swapped", cancellationToken);
        Assert.That(rig.Read("/etc/app"), Is.EqualTo("2"));

        await rig.StartSubAsync(cancellationToken);
        var after = await rig.ConvergeAsync(cancellationToken);
        Assert.That((after.AppliedImage, rig.Process.Starts), Is.EqualTo(("test/2", 1)));
        Assert.That(rig.Services, Does.Contain("start app"));
        Assert.That(await RunsWhatStandsThereAsync(rig, rig.Process.Id), Is.True);
    }

    private static async Task<SubRig> StartAsync(CancellationToken cancellationToken)
    {
        var rig = await SubRig.StartAsync(cancellationToken, asProcess: true, prepare: async rig =>
        {
            await DomFiles.CopyAsync(rig.Root + Place);
            rig.Command = ["dotnet", rig.Root + Place + "/dom.dll"];
        });
        var source = rig.Source("image", ("/etc/app", "1"), ("/zzz", "1"));
        await DomFiles.CopyAsync(source + Place);
        rig.Required = await AddAsync(rig, "test/1", source);
        return rig;
    }

    /// <summary>Another program that does the same, with other files around it.</summary>
    private static async Task RequireNewProgramAsync(SubRig rig, string name, Action<string>? change = null)
    {
        var number = name[^1..];
        var source = rig.Source("image-" + number, ("/etc/app", number), ("/zzz", number));
        await DomFiles.CopyAsync(source + Place);
        (change ?? AppendByte)(source + Place + "/dom.dll");
        rig.Required = await AddAsync(rig, name, source);
    }

    private static void AppendByte(string library)
    {
        using var file = new FileStream(library, FileMode.Append);
        file.WriteByte(0);
    }

    private static Task<ImageReference> AddAsync(SubRig rig, string name, string source) => rig.Shelf.AddAsync(name, source, static manifest => manifest with
    {
        Triggers = [new Trigger { MatchLines = ["/etc/app$"], Service = "app" }, new Trigger { MatchLines = ["/usr/lib/dom/.*"], Service = "dom-sub" }],
    });

    /// <summary>Directs the update and does not wait for its end: the sub may not be there any more to tell.</summary>
    private static async Task UpdateAsync(SubRig rig, CancellationToken cancellationToken)
    {
        File.Delete(rig.ServiceLog);
        var state = await rig.PollUntilAsync(
            s => s.Phase == SubPhase.Idle && s.RequiredManifest == rig.Required!.Manifest && s.RequiredReadiness is ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects,
            cancellationToken);
        await rig.FetchAsync(rig.Required!, cancellationToken);
        state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready, Plan.Steps: > 0 }, cancellationToken);
        await rig.UpdateAsync(state, cancellationToken);
    }

    private static async Task KillAsync(SubRig rig, string failPoint, CancellationToken cancellationToken)
    {
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        rig.Environment[FailPoint.Variable] = failPoint;
        await rig.StartSubAsync(cancellationToken);
        await RequireNewProgramAsync(rig, "test/2");
        await UpdateAsync(rig, cancellationToken);
        Assert.That(await rig.Process.EndAsync(cancellationToken), Is.EqualTo(Killed), rig.Process.Log);
        await rig.ForgetProcessAsync();
        rig.Environment.Remove(FailPoint.Variable);
    }

    /// <summary>The kernel says of a mapped file that was replaced that it is somewhere else, or deleted.</summary>
    private static async Task<bool> RunsWhatStandsThereAsync(SubRig rig, int process)
    {
        var maps = await File.ReadAllLinesAsync($"/proc/{process}/maps");
        return maps.Any(line => line.EndsWith($" {rig.Root}{Place}/dom.dll", StringComparison.Ordinal));
    }
}
