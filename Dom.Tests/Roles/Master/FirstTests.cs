using Dom.Core.Machines;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

[CancelAfter(20_000)]
public sealed class FirstTests
{
    [Test]
    public async Task An_empty_machine_is_filled(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Fetches, Has.Count.EqualTo(1));
        Assert.That(sub.Updates, Has.Count.EqualTo(1));
        Assert.That(sub.State.AppliedManifest, Is.EqualTo(manifest));
    }
}
