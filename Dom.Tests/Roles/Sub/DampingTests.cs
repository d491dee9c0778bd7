using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Triggers;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Nobody keeps a machine busy, or a service down, by changing what he may change again and again.</summary>
[CancelAfter(120_000)]
public sealed class DampingTests
{
    [Test]
    public async Task A_file_changed_all_the_time_does_not_have_its_service_restarted_all_the_time(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        var web = new Trigger { MatchLines = ["/srv/page"], Service = "web" };
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/srv/page", "page"), ("/etc/conf", "conf")), m => m with { Triggers = [web] });
        await rig.ConvergeAsync(cancellationToken);
        for (var i = 0; i < 6; i++)
        {
            await File.WriteAllTextAsync(rig.Root + "/srv/page", $"defaced {i}", cancellationToken);
            await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
            await rig.ConvergeAsync(cancellationToken);
        }

        var restarts = rig.Services.Length;
        await File.WriteAllTextAsync(rig.Root + "/srv/page", "defaced again", cancellationToken);
        var state = await rig.PollUntilAsync(static s => s.Plan is { Contested: 1 }, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(state.Plan, Is.EqualTo(state.Plan! with { Steps = 0, Id = default, Changes = 0 }));
            Assert.That(state.Plan!.IsCompliant, Is.False);
            Assert.That(state.Contested, Is.EqualTo(1));
            Assert.That(state.ContestedPaths[0].Path.ToString(), Is.EqualTo("/srv/page"));
            Assert.That(state.Plan.Services, Is.Empty);
        });

        // Anything else is corrected all the same, without the service.
        await File.WriteAllTextAsync(rig.Root + "/etc/conf", "drift", cancellationToken);
        await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.FetchAsync(rig.Required!, cancellationToken);
        state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready, Plan.Steps: 1 }, cancellationToken);
        await rig.UpdateAsync(state, cancellationToken);
        await rig.PollUntilAsync(static s => s.Plan is { Steps: 0 } && s.Phase == SubPhase.Idle, cancellationToken);
        Assert.That(rig.Read("/etc/conf"), Is.EqualTo("conf"));
        Assert.That(rig.Read("/srv/page"), Is.EqualTo("defaced again"));
        Assert.That(rig.Services, Has.Length.EqualTo(restarts));
    }

    [Test]
    public async Task A_plan_that_is_the_same_after_it_was_carried_out_waits(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/etc/conf", "conf")));
        await rig.ConvergeAsync(cancellationToken);
        await File.WriteAllTextAsync(rig.Root + "/etc/conf", "drift", cancellationToken);
        var state = await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);

        rig.Sub.Convergence.CarriedOut(state.Plan!.Id);
        await rig.Sub.Convergence.LookNowAsync(static s => s, cancellationToken);

        Assert.That(rig.Sub.Parts.Pace.IsEmpty, Is.False);
        await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/conf"), Is.EqualTo("conf"));
    }

    [Test]
    public async Task A_time_that_the_file_system_cannot_hold_is_not_fought_over(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        using var memory = RamFileSystem.Mount(temp.Path);
        temp.WriteFile("late", "late");
        temp.WriteFile("later", "later");
        await Tool.RunOkAsync("touch", "-d", "2500-01-01", temp.Combine("late"));
        await Tool.RunOkAsync("touch", "-d", "@1099511627000", temp.Combine("later"));
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", temp.Path);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That(state.Plan!.IsCompliant, Is.True);
        Assert.That(state.UpdatesDone, Is.EqualTo(1));
    }
}
