using Dom.Core.Contracts.MdbServer;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>Machines are left alone for a time.</summary>
[CancelAfter(60_000)]
public sealed class PauseTests
{
    [Test]
    public async Task An_owner_pauses_a_machine_and_it_goes_on_when_the_time_is_over(CancellationToken token)
    {
        await using var rig = await StartAsync(token);
        var owner = rig.Connect("owner", []);
        var pause = await owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(1)), token);
        Assert.That((pause.User, pause.Reason, pause.Until - pause.Since), Is.EqualTo(("owner", "debugging", TimeSpan.FromHours(1))));
        Assert.That(rig.List.Find("h1")?.DisableUpdates, Is.True);
        Assert.That(rig.List.Find("h2")?.DisableUpdates, Is.False);
        rig.Clock.Advance(TimeSpan.FromMinutes(59));
        await rig.StartAsync(token);
        Assert.That(rig.List.Find("h1")?.DisableUpdates, Is.True, "a pause survives a restart");
        rig.Clock.Advance(TimeSpan.FromSeconds(55));
        await rig.UntilAsync(() => rig.List.Find("h1")?.DisableUpdates == false, token);
        Assert.That(rig.Status.Pauses, Is.Empty);
    }

    [Test]
    public async Task A_pause_ends_when_it_is_resumed_by_those_who_may(CancellationToken token)
    {
        await using var rig = await StartAsync(token);
        await rig.Admin.CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(1)), token);
        Assert.That(await CodeAsync(rig.Connect("stranger", []).CallAsync(MdbServerMethods.ResumeUpdates, new ResumeUpdatesRequest { Hostname = "h1" }, token)), Is.EqualTo(MdbErrorCode.PausedByOther));
        Assert.That(await CodeAsync(rig.Connect("owner", []).CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(2)), token)), Is.EqualTo(MdbErrorCode.PausedByOther));
        var ended = await rig.Connect("owner", []).CallAsync(MdbServerMethods.ResumeUpdates, new ResumeUpdatesRequest { Hostname = "h1" }, token);
        Assert.That(ended.User, Is.EqualTo("admin"));
        Assert.That(rig.List.Find("h1")?.DisableUpdates, Is.False);
        Assert.That(await CodeAsync(rig.Admin.CallAsync(MdbServerMethods.ResumeUpdates, new ResumeUpdatesRequest { Hostname = "h1" }, token)), Is.EqualTo(MdbErrorCode.NotPaused));
    }

    [Test]
    public async Task A_machine_can_be_left_out_of_the_list_and_that_is_no_shrinking(CancellationToken token)
    {
        await using var rig = await StartAsync(token);
        Assert.That(await CodeAsync(rig.Connect("owner", []).CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(1)) with { Remove = true }, token)), Is.EqualTo(RpcErrorCode.MethodNotGranted));
        foreach (var host in new[] { "h0", "h1", "h2", "h3" })
        {
            await rig.Admin.CallAsync(MdbServerMethods.PauseUpdates, Request(host, TimeSpan.FromHours(1)) with { Remove = true }, token);
        }

        Assert.That(rig.List.Count, Is.EqualTo(6));
        Assert.That(rig.Service.Refused(), Is.Empty);
        Assert.That((await rig.Admin.CallAsync(MdbServerMethods.GetMachine, new MdbMachineRequest { Hostname = "h1" }, token)).Note, Is.EqualTo("removed by a pause"));
        await rig.StartAsync(token);
        Assert.That(rig.List.Count, Is.EqualTo(6));
        await rig.Admin.CallAsync(MdbServerMethods.ResumeUpdates, new ResumeUpdatesRequest { Hostname = "h1" }, token);
        Assert.That(rig.List.Find("h1"), Is.Not.Null);
    }

    [TestCase("none", 60, "why", MdbErrorCode.NoSuchMachine)]
    [TestCase("h1", 0.5, "why", MdbErrorCode.BadDuration)]
    [TestCase("h1", 721, "why", MdbErrorCode.BadDuration)]
    [TestCase("h1", 60, " ", MdbErrorCode.NoReason)]
    public async Task What_cannot_be_paused_is_refused(string host, double minutes, string reason, string code, CancellationToken token)
    {
        await using var rig = await StartAsync(token);
        var request = new PauseUpdatesRequest { Hostname = host, Reason = reason, Duration = TimeSpan.FromMinutes(minutes) };
        Assert.That(await CodeAsync(rig.Admin.CallAsync(MdbServerMethods.PauseUpdates, request, token)), Is.EqualTo(code));
        Assert.That(rig.Status.Pauses, Is.Empty);
    }

    [Test]
    public async Task A_user_pauses_a_limited_number_of_machines_and_only_those_owned(CancellationToken token)
    {
        await using var rig = await StartAsync(token, maximum: 2);
        var owner = rig.Connect("owner", []);
        await owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(1)), token);
        await owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h2", TimeSpan.FromHours(1)), token);
        Assert.That(await CodeAsync(owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h3", TimeSpan.FromHours(1)), token)), Is.EqualTo(MdbErrorCode.TooManyPauses));
        await owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h2", TimeSpan.FromHours(2)), token);
        Assert.That(await CodeAsync(rig.Connect("stranger", []).CallAsync(MdbServerMethods.PauseUpdates, Request("h3", TimeSpan.FromHours(1)), token)), Is.EqualTo(RpcErrorCode.MethodNotGranted));
        rig.Clock.Advance(TimeSpan.FromMinutes(61));
        await owner.CallAsync(MdbServerMethods.PauseUpdates, Request("h3", TimeSpan.FromHours(1)), token);
    }

    [Test]
    public async Task A_pause_that_cannot_be_saved_is_refused_and_not_in_force(CancellationToken token)
    {
        await using var rig = await StartAsync(token);

        // A directory in the place of the file makes every save fail.
        Directory.CreateDirectory(rig.Directory.Combine("state", "pause-table.json"));
        Assert.That(await CodeAsync(rig.Admin.CallAsync(MdbServerMethods.PauseUpdates, Request("h1", TimeSpan.FromHours(1)), token)), Is.EqualTo("Unavailable"));
        Assert.That(rig.List.Find("h1")?.DisableUpdates, Is.False);
        Assert.That(rig.Status.Problems, Has.One.Contains("pauses cannot be saved"));
        Directory.Delete(rig.Directory.Combine("state", "pause-table.json"));
        await rig.UntilAsync(() => rig.Status.Problems.Count == 0, token);
    }

    private static async Task<MdbRig> StartAsync(CancellationToken token, int maximum = 10)
    {
        var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(10));
        rig.Options = rig.Options with { MaximumPausesPerUser = maximum };
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 10, token);
        return rig;
    }

    private static PauseUpdatesRequest Request(string host, TimeSpan duration) => new() { Hostname = host, Reason = "debugging", Duration = duration };

    private static async Task<string> CodeAsync(Task<MachinePause> call)
    {
        try
        {
            await call;
            return "";
        }
        catch (RpcException refusal)
        {
            return refusal.Code;
        }
    }
}
