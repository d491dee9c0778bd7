using Dom.Core.Trees.Triggers;
using Dom.Tests.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Triggers;

public sealed class TriggerActionsTests
{
    private static readonly Trigger Web = new() { MatchLines = ["/web"], Service = "web", SortName = "2" };
    private static readonly Trigger Data = new() { MatchLines = ["/data"], Service = "data", SortName = "10" };

    [Test]
    public void Matched_services_are_stopped_and_started_in_order()
    {
        var actions = Of([Data, Web], [], Change("/data", "/web"));
        Assert.That(actions.Stop, Is.EqualTo(["web", "data"]));
        Assert.That(actions.Start, Is.EqualTo(["web", "data"]));
        Assert.That((actions.Reload, actions.Retired, actions.Reboot, actions.HighImpact), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>(), false, false)));
    }

    [Test]
    public void Nothing_matched_is_nothing_done() => Assert.That(Of([Data, Web], [], Change("/other")).IsEmpty, Is.True);

    [Test]
    public void Time_alone_touches_no_service()
    {
        var (machine, image) = (new ModelTree().File("/web").File("/data"), new ModelTree().File("/web", mtime: 5).File("/data", mode: 0x180));
        Assert.That(TriggerActions.Of(TriggerSet.Of([Data, Web]), TriggerSet.Empty, machine.Compare(image)).Stop, Is.EqualTo(["data"]));
    }

    [Test]
    public void Every_name_of_a_file_changed_in_place_counts()
    {
        var machine = new ModelTree().File("/a").Link("/web", "/a");
        var image = new ModelTree().File("/a", mode: 0x180).Link("/web", "/a");
        Assert.That(TriggerActions.Of(TriggerSet.Of([Web]), TriggerSet.Empty, machine.Compare(image)).Stop, Is.EqualTo(["web"]));
        image = new ModelTree().File("/a", mtime: 5).Link("/web", "/a");
        Assert.That(TriggerActions.Of(TriggerSet.Of([Web]), TriggerSet.Empty, machine.Compare(image)).IsEmpty, Is.True);
    }

    [Test]
    public void Service_in_reload_and_restart_is_restarted()
    {
        var actions = Of([Web, Web with { DoReload = true, MatchLines = ["/data"] }], [], Change("/data", "/web"));
        Assert.That((actions.Stop, actions.Reload.Count), Is.EqualTo((new[] { "web" }, 0)));
        Assert.That(Of([Web, Web with { DoReload = true, MatchLines = ["/data"] }], [], Change("/data")).Reload, Is.EqualTo(["web"]));
    }

    [Test]
    public void Triggers_of_earlier_images_count_and_their_services_are_retired()
    {
        var actions = Of([Web], [Data], Change("/data", "/web"));
        Assert.That(actions.Stop, Is.EqualTo(["web", "data"]));
        Assert.That(actions.Retired, Is.EqualTo(["data"]));
    }

    [Test]
    public void Before_a_reboot_nothing_is_stopped()
    {
        var kernel = new Trigger { MatchLines = ["/boot"], Service = "kexec", DoReboot = true, HighImpact = true };
        var actions = Of([Web, kernel, Data with { DoReload = true }], [], Change("/web", "/boot", "/data"));
        Assert.That(actions.Reboot && actions.HighImpact, Is.True);
        Assert.That((actions.Stop.Count, actions.Reload.Count), Is.EqualTo((0, 0)));
        Assert.That(actions.Start, Is.EqualTo(["kexec"]));
    }

    [TestCase("reboot")]
    [TestCase("reboot.service")]
    [TestCase("reboot.target")]
    public void A_trigger_that_only_reboots_starts_nothing(string service)
    {
        var actions = Of([new Trigger { MatchLines = ["/boot"], Service = service, DoReboot = true }], [], Change("/boot"));
        Assert.That((actions.Reboot, actions.Start.Count, actions.IsEmpty), Is.EqualTo((true, 0, false)));
    }

    [TestCase("/etc/systemd/system/web.service", true)]
    [TestCase("/usr/lib/systemd/system/web.service.d/limits.conf", true)]
    [TestCase("/etc/init.d/web", true)]
    [TestCase("/usr/bin/web", false)]
    public void Units_that_change_are_read_anew_before_services_start(string path, bool expected)
    {
        var web = new Trigger { MatchLines = ["/.*"], Service = "web" };
        Assert.That(Of(web).ReloadUnits, Is.EqualTo(expected));
        Assert.That(Of(web with { MatchLines = ["/other"] }).ReloadUnits, Is.False, "nothing is started");

        TriggerActions Of(Trigger trigger) => TriggerActions.Of(TriggerSet.Of([trigger]), TriggerSet.Empty, [System.Text.Encoding.UTF8.GetBytes(path)], "");
    }

    [Test]
    public void Sub_itself_is_never_stopped_and_restarted_last()
    {
        var actions = TriggerActions.Of(
            TriggerSet.Of([Web, Web with { Service = "subd" }]), TriggerSet.Empty, new ModelTree().Compare(Change("/web")), self: "subd");
        Assert.That(actions.Stop, Is.EqualTo(["web"]));
        Assert.That(actions.RestartSelf, Is.True);
    }

    private static ModelTree Change(params string[] paths)
    {
        var image = new ModelTree();
        foreach (var path in paths)
        {
            image.File(path);
        }

        return image;
    }

    private static TriggerActions Of(Trigger[] required, Trigger[] earlier, ModelTree image) =>
        TriggerActions.Of(TriggerSet.Of(required), TriggerSet.Of(earlier), new ModelTree().Compare(image));
}
