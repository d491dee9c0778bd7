using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Core.Trees.Triggers;

public sealed class TriggerSetTests
{
    private const string Typical = """
        # services of a web server
        [
          // keys and configuration
          { "MatchLines": ["/etc/ssh/.*"],            "Service": "ssh", "DoReload": true },
          { "MatchLines": ["/usr/sbin/sshd$"],        "Service": "ssh" },
          ! { "MatchLines": ["/old"], "Service": "old" },
          { "MatchLines": ["/usr/local/sbin/subd$"],  "Service": "subd", "SortName": "zz" },
          { "MatchLines": ["/lib/modules/.*", "/boot/vmlinuz-.*"], "Service": "reboot", "DoReboot": true, "HighImpact": true }
        ]
        """;

    [TestCase("/etc/ssh/sshd_config", "ssh reload")]
    [TestCase("/usr/sbin/sshd", "ssh")]
    [TestCase("/usr/sbin/sshd.old", "")]
    [TestCase("/boot/vmlinuz-6.1", "reboot")]
    [TestCase("/x/boot/vmlinuz-6.1", "")]
    public void File_in_Dominators_format_is_read_and_matched(string path, string services)
    {
        var matching = TriggerSet.Parse(Typical).Matching(System.Text.Encoding.UTF8.GetBytes(path));
        Assert.That(string.Join(',', matching.Select(t => t.Service + (t.DoReload ? " reload" : ""))), Is.EqualTo(services));
    }

    [Test]
    public void Order_is_by_sort_name_and_then_service_with_numbers_as_numbers()
    {
        var set = TriggerSet.Of([Make("c", "a10"), Make("b", "a9"), Make("z"), Make("y"), Make("x", "b"), Make("w", "a010")]);
        Assert.That(set.Triggers.Select(t => t.Service), Is.EqualTo(["y", "z", "b", "w", "c", "x"]));
    }

    [Test]
    public void Merging_keeps_the_sort_name_and_ors_the_rest()
    {
        var first = TriggerSet.Of([Make("a") with { MatchLines = ["/1", "/2"] }, Make("b", "bb")]);
        var second = TriggerSet.Of(
        [
            Make("a", "late") with { MatchLines = ["/2", "/3"], HighImpact = true },
            Make("b", "other") with { DoReboot = true },
            Make("a") with { DoReload = true, MatchLines = ["/r"] },
        ]);
        var union = TriggerSet.Union(first, second);
        Assert.That(
            union.Triggers.Select(t => $"{t.Service} {t.SortName} {t.DoReload} {t.DoReboot} {t.HighImpact} {string.Join(' ', t.MatchLines)}"),
            Is.EqualTo(["a  True False False /r", "b bb False True False /x", "a late False False True /1 /2 /3"]));
        Assert.That(union.Matching("/3"u8).Select(t => t.Service), Is.EqualTo(["a"]));
    }

    [TestCase("[{\"Service\": \"a\"}]", "MatchLines")]
    [TestCase("[{\"MatchLines\": [], \"Service\": \"a\"}]", "trigger 1 ('a'): MatchLines is empty")]
    [TestCase("[{\"MatchLines\": [\"/a\"], \"Service\": \"\"}]", "trigger 1 (''): Service")]
    [TestCase("[{\"MatchLines\": [\"/a\"], \"Service\": \"--now\"}]", "Service")]
    [TestCase("[{\"MatchLines\": [\"/a\"], \"Service\": \"a b\"}]", "Service")]
    [TestCase("[{\"MatchLines\": [\"/a\"], \"Service\": \"../a\"}]", "Service")]
    [TestCase("[{\"MatchLines\": [\"/(\"], \"Service\": \"a\"}]", "trigger 1 ('a'): MatchLines: '/('")]
    [TestCase("[{\"MatchLines\": [\"/a\"], \"Service\": \"a\", \"DoRestart\": true}]", "DoRestart")]
    [TestCase("# c\n[\n{,}]", "line 3")]
    [TestCase("[null]", "null")]
    [TestCase("{}", "line 1")]
    public void Faults_are_named(string text, string fault) =>
        Assert.That(() => TriggerSet.Parse(text), Throws.InstanceOf<TriggerException>().With.Message.Contains(fault));

    [TestCase("")]
    [TestCase("# nothing\n")]
    [TestCase("[]")]
    public void No_triggers_are_no_fault(string text) => Assert.That(TriggerSet.Parse(text).Triggers, Is.Empty);

    [Test]
    public void Both_forms_keep_everything()
    {
        var set = TriggerSet.Parse(Typical);
        Assert.That(Describe(TriggerSet.Parse(set.ToJson())), Is.EqualTo(Describe(set)));
        var sent = set.Triggers.Select(t => MessagePackSerializer.Deserialize<Trigger>(MessagePackSerializer.Serialize(t)));
        Assert.That(Describe(TriggerSet.Of(sent)), Is.EqualTo(Describe(set)));
    }

    internal static Trigger Make(string service, string sortName = "") => new() { MatchLines = ["/x"], Service = service, SortName = sortName };

    private static IEnumerable<string> Describe(TriggerSet set) =>
        set.Triggers.Select(t => $"{t.Service} {t.SortName} {t.DoReload} {t.DoReboot} {t.HighImpact} {string.Join(' ', t.MatchLines)}");
}
