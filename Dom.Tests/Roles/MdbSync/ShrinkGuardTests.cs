using Dom.Core.Contracts.MdbServer;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>Machines that vanish all at once are not believed before a person says so.</summary>
[CancelAfter(60_000)]
public sealed class ShrinkGuardTests
{
    [Test]
    public async Task A_source_that_lost_too_many_machines_keeps_its_data_until_the_loss_is_accepted(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var source = rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(100));
        var other = rig.AddSource("name=b text FILE", "b.txt", "x");
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 101, token);
        await File.WriteAllTextAsync(source, MdbRig.Json(79, "web/2"), token);
        await rig.UntilAsync(() => rig.Service.Refused().Count == 1, token);
        Assert.That((rig.List.Count, rig.List.Find("h1")?.RequiredImage), Is.EqualTo((101, "web/1")));
        Assert.That((rig.Status.Refused[0].Source, rig.Status.Refused[0].Lost, rig.Status.Refused[0].Of), Is.EqualTo(("a", 21, 100)));
        Assert.That(rig.Status.Refused[0].Examples, Does.Contain("h79"));
        Assert.That(rig.Status.Problems, Has.One.Contains("accept-shrink"));
        await File.WriteAllTextAsync(other, "x web/5", token);
        await rig.UntilAsync(() => rig.List.Find("x")?.RequiredImage == "web/5", token);

        var accepted = await rig.Admin.CallAsync(MdbServerMethods.AcceptShrink, new AcceptShrinkRequest { Source = "a", Reason = "rack sold", AtMost = 21 }, token);
        Assert.That(accepted.Accepted.Single().Lost, Is.EqualTo(21));
        Assert.That((rig.List.Count, rig.List.Find("h1")?.RequiredImage), Is.EqualTo((80, "web/2")));
        Assert.That(rig.Status.Problems, Is.Empty);
        await rig.StartAsync(token);
        Assert.That(rig.List.Count, Is.EqualTo(80), "what was accepted is durable");
    }

    [Test]
    public async Task A_loss_that_grew_since_it_was_looked_at_is_not_accepted(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var source = rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(100));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 100, token);
        await File.WriteAllTextAsync(source, "[]", token);
        await rig.UntilAsync(() => rig.Service.Refused().Count == 1, token);
        Assert.That(await RefusalAsync(new AcceptShrinkRequest { Reason = "r", AtMost = 30 }), Is.EqualTo(MdbErrorCode.NothingAccepted));
        Assert.That(await RefusalAsync(new AcceptShrinkRequest { Reason = " " }), Is.EqualTo(MdbErrorCode.NoReason));
        Assert.That(await RefusalAsync(new AcceptShrinkRequest { Reason = "r", Source = "z" }), Is.EqualTo(MdbErrorCode.NoSuchSource));
        Assert.That(rig.List.Count, Is.EqualTo(100));
        await File.WriteAllTextAsync(source, MdbRig.Json(100), token);
        await rig.UntilAsync(() => rig.Service.Refused().Count == 0, token);
        Assert.That(await RefusalAsync(new AcceptShrinkRequest { Reason = "r" }), Is.EqualTo(MdbErrorCode.NothingAccepted));

        async Task<string> RefusalAsync(AcceptShrinkRequest request)
        {
            try
            {
                await rig.Admin.CallAsync(MdbServerMethods.AcceptShrink, request, token);
                return "accepted";
            }
            catch (RpcException refusal)
            {
                return refusal.Code;
            }
        }
    }

    [Test]
    public async Task A_merged_list_that_shrinks_by_a_change_of_configuration_is_refused_too(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(50));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 50 && Directory.Exists(rig.Directory.Combine("state")) && File.Exists(rig.Directory.Combine("state", "accepted.json")), token);
        rig.Options = rig.Options with { HostnameRegex = "h1" };
        await rig.StartAsync(token);
        await rig.LookAgainAsync(token);
        Assert.That(rig.List.Count, Is.EqualTo(50));
        Assert.That((rig.Status.Refused.Single().Source, rig.Status.Refused.Single().Lost), Is.EqualTo(("", 39)));
        Assert.That(rig.Status.Held, Does.Contain("39 of 50"));
        await rig.Admin.CallAsync(MdbServerMethods.AcceptShrink, new AcceptShrinkRequest { Reason = "only these are ours" }, token);
        Assert.That(rig.List.Count, Is.EqualTo(11));
        Assert.That(rig.Status.Held, Is.Empty);
    }

    [Test]
    public async Task Only_a_certificate_that_lists_the_method_accepts(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(3));
        await rig.StartAsync(token);
        Assert.That(async () => await rig.Connect("owner", [], "MdbServer.Get*").CallAsync(MdbServerMethods.AcceptShrink, new AcceptShrinkRequest { Reason = "r" }, token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Status)).EqualTo(RpcStatus.PermissionDenied));
    }
}
