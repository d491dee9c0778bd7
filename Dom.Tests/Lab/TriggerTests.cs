using System.Text.Json;
using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Lab;

/// <summary>Real units on a booted machine: stopped, started, reloaded, failing, with the machine rebooting and a tool that decides whether it may.</summary>
[TestFixture]
[Category("lab")]
[CancelAfter(600_000)]
public sealed class TriggerTests
{
    private const string Machine = "m2";

    private static readonly string[] Names = ["lab-a", "lab-b", "lab-c", "lab-old"];

    private static readonly Trigger[] Common =
    [
        new() { Service = "lab-a", SortName = "10", MatchLines = ["/opt/lab/lab-a$", "/etc/systemd/system/lab-a.service$"] },
        new() { Service = "lab-b", SortName = "2", MatchLines = ["/opt/lab/lab-b$"] },
        new() { Service = "lab-c", DoReload = true, MatchLines = ["/opt/lab/lab-c$"] },
        new() { Service = "reboot", DoReboot = true, HighImpact = true, MatchLines = ["/opt/lab/kernel$"] },
    ];

    private MachineLab _lab;
    private LabImages _images;

    [OneTimeSetUp]
    public async Task A_machine_is_up()
    {
        _lab = await SharedLab.GetAsync();
        _images = new LabImages(_lab, "lab");
        Tool(0);
        await _lab.ExecAsync(Machine, CancellationToken.None, "sh", "-c",
            "printf '#!/bin/sh\\necho \"$1\" >> /root/asked\\necho the window is closed\\nexit $(cat /root/answer)\\n' > /root/tool; chmod 755 /root/tool; "
            + "printf '[Sub]\\nDisruptionTool=/root/tool\\n' > /etc/dom/dom.conf.d/lab.conf; systemctl restart dom-sub");

        // The same twice: what is new matches every trigger, and those are not to run yet.
        await SyncedAsync(await RequireAsync("0", [], [], CancellationToken.None), CancellationToken.None);
        await _lab.ExecAsync(Machine, CancellationToken.None, "sh", "-c", $"systemctl daemon-reload; systemctl enable --quiet {string.Join(' ', Names)}");
        await RequireAsync("1", [], Common.Append(new() { Service = "lab-old", MatchLines = ["/opt/lab/lab-old$"] }), CancellationToken.None);
    }

    [SetUp]
    public async Task The_machine_has_an_image_of_services_that_run()
    {
        await _lab.RequireAsync(Machine, "lab/1", CancellationToken.None);
        await SyncedAsync("lab/1", CancellationToken.None);
        await _lab.ExecAsync(Machine, CancellationToken.None, "sh", "-c", $"systemctl start {string.Join(' ', Names)}; : > /run/lab.log; : > /root/asked");
    }

    [OneTimeTearDown]
    public async Task The_machine_is_let_go()
    {
        await _lab.RequireAsync(Machine, "", CancellationToken.None);
        await _lab.ExecAsync(Machine, CancellationToken.None, "sh", "-c", "rm -f /etc/dom/dom.conf.d/lab.conf; systemctl restart dom-sub");
    }

    [Test]
    [Order(1)] // Whoever comes after the reboot has another one to get back.
    public async Task Services_are_stopped_before_the_swap_and_started_after_it_in_order_with_the_triggers_of_both_images(CancellationToken cancellationToken)
    {
        var name = await RequireAsync("2", Contents("2"), Common, cancellationToken, remark: " anew");
        await SyncedAsync(name, cancellationToken);

        var log = await _lab.ExecAsync(Machine, cancellationToken, "cat", "/run/lab.log");
        Assert.That(log.Split('\n'), Is.EqualTo(new[]
        {
            "stop lab-old 1", "stop lab-b 1", "stop lab-a 1", "start lab-old 2", "start lab-b 2", "start lab-a 2 anew", "reload lab-c 2",
        }));
    }

    [Test]
    [Order(1)]
    public async Task A_unit_that_does_not_start_is_shown_with_its_lines_of_the_journal(CancellationToken cancellationToken)
    {
        var contents = Contents("2");
        contents["lab-b"] = "broken";
        await RequireAsync("3", contents, Common, cancellationToken);

        var sub = await _lab.AwaitSubAsync(Machine, "rolled back", s => s.GetProperty("status").GetString() == "rolled back", cancellationToken);

        var written = sub.GetProperty("state").GetProperty("service_logs").EnumerateArray().Single(l => l.GetProperty("service").GetString() == "lab-b");
        var lines = written.GetProperty("lines").EnumerateArray().Select(l => l.GetString()!).ToArray();
        Assert.That(lines, Has.Some.Contains("the lab cannot listen"));
        Assert.That(lines, Has.Some.Contains("status=7"));
        Assert.That(lines, Has.Length.LessThanOrEqualTo(20));
        Assert.That(lines, Has.None.Contains("\u001b"));
        var text = (await _lab.LabAsync(cancellationToken, "ctl", "show-sub", Machine)).Expect().Output;
        Assert.That(text, Does.Contain("what lab-b wrote before it failed:").And.Contain("the lab cannot listen").And.Contain("rolled back"));
        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "sh", "-c", "cat /opt/lab/lab-b; systemctl is-active lab-a lab-b"), Is.EqualTo("1active\nactive"));
    }

    [Test]
    public async Task A_reboot_waits_for_the_disruption_tool_happens_once_and_the_master_sees_the_new_boot(CancellationToken cancellationToken)
    {
        var boot = await _lab.ExecAsync(Machine, cancellationToken, "cat", "/proc/sys/kernel/random/boot_id");
        var boots = Boots();
        Tool(2);
        var name = await RequireAsync("4", new() { ["kernel"] = "2" }, Common, cancellationToken);
        var sub = await _lab.AwaitSubAsync(Machine, "denied", s => s.GetProperty("status").GetString() == "disruption denied", cancellationToken);
        Assert.That(sub.GetProperty("detail").GetString(), Does.Contain("the window is closed").And.Contain("force-disruptive-update"));
        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "cat", "/opt/lab/kernel"), Is.EqualTo("1"), "nothing is touched");

        Tool(0);
        sub = await _lab.AwaitSubAsync(Machine, "in sync after a reboot", s => IsSynced(s, name) && BootId(s) != boot, cancellationToken);

        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "cat", "/proc/sys/kernel/random/boot_id"), Is.EqualTo(BootId(sub)));
        Assert.That(sub.GetProperty("last_reboot").ValueKind, Is.EqualTo(JsonValueKind.String));
        await _lab.AwaitAsync(Machine, "the permission is given back", s => s.EndsWith("cancel", StringComparison.Ordinal), cancellationToken, "cat", "/root/asked");
        Assert.That(Boots(), Is.EqualTo(boots + 1), "once");
        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "systemctl", "is-active", "lab-a", "lab-b"), Is.EqualTo("active\nactive"));
        var history = (await _lab.LabAsync(cancellationToken, "ctl", "history", Machine)).Expect().Output;
        Assert.That(history[history.LastIndexOf($"required image is {name}", StringComparison.Ordinal)..], Does.Contain("has rebooted").And.Not.Contain("does not answer"));
    }

    /// <summary>Pushes an image of four services and requires it.</summary>
    private async Task<string> RequireAsync(
        string name, Dictionary<string, string> contents, IEnumerable<Trigger> triggers, CancellationToken cancellationToken, string remark = "")
    {
        var image = $"lab/{name}";
        var files = Names.ToDictionary(n => $"/opt/lab/{n}", n => contents.GetValueOrDefault(n, "1"));
        files["/opt/lab/kernel"] = contents.GetValueOrDefault("kernel", "1");
        foreach (var unit in Names.Select(n => _images.Unit(n, n == "lab-a" ? remark : "")))
        {
            files.Add(unit.Key, unit.Value);
        }

        await _images.PushAsync(image, files, triggers, null, cancellationToken);
        await _lab.RequireAsync(Machine, image, cancellationToken);
        return image;
    }

    private Task<JsonElement> SyncedAsync(string image, CancellationToken cancellationToken) =>
        _lab.AwaitSubAsync(Machine, $"in sync with {image}", s => IsSynced(s, image), cancellationToken);

    private static Dictionary<string, string> Contents(string content) => Names.ToDictionary(static name => name, _ => content);

    private static bool IsSynced(JsonElement sub, string image) =>
        sub.GetProperty("status").GetString() == "synced" && sub.GetProperty("required_image").GetString() == image
        && sub.GetProperty("state").GetProperty("applied_image").GetString() == image;

    private static string BootId(JsonElement sub) => sub.GetProperty("state").GetProperty("boot_id").GetString()!;

    /// <summary>What the disruption tool of the machine answers from now on.</summary>
    private void Tool(int code) => File.WriteAllText(_lab.RootOf(Machine) + "/root/answer", $"{code}\n");

    private int Boots() => File.ReadAllText(Path.Combine(_lab.RootOf(Machine), "..", "console.log")).Split("boots again").Length;
}
