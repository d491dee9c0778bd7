using System.Text.Json;
using Dom.Cli;

namespace Dom.Tests.Cli;

/// <content>The verbs that need a fleet in trouble: one image that a safety stop holds, then a disruption group, and then fails; and two masters.</content>
public sealed partial class EveryVerbTests
{
    [Test, Order(3), CancelAfter(300_000)]
    public async Task What_lets_something_dangerous_through_does(CancellationToken token)
    {
        _run.Clear();
        for (var i = 0; i < 12; i++)
        {
            _fleet.Files.WriteFile($"site/srv/{i}", $"{i}\n");
        }

        _fleet.Files.WriteFile("site/etc/motd", "many files\n");
        _fleet.Files.WriteFile("bare/etc/motd", "one file\n");
        var triggers = _fleet.Files.WriteFile("site-triggers", """[{"MatchLines":["/etc/motd"],"Service":"site","HighImpact":true}]""");
        (await _fleet.RunAsync("image", "push", "site/1", _fleet.In("site"))).Expect();
        (await _fleet.RunAsync("image", "push", "site/2", _fleet.In("bare"), "--triggers", triggers)).Expect();
        _fleet.WriteMachines(10, "site/1");
        await StatusAsync("synced", "site/1", token);

        _fleet.WriteMachines(10, "site/2");
        await StatusAsync("unsafe update", "site/2", token);
        await LetThroughAsync("ctl", "clear-safety-stop", "localhost");

        await StatusAsync("disruption requested", "site/2", token);
        _fleet.Files.WriteFile(FleetProcesses.BadMotd, "one file\n");
        await LetThroughAsync("ctl", "force-disruptive-update", "localhost");

        await StatusAsync("rolled back", "site/2", token);
        Assert.That(await File.ReadAllTextAsync(_fleet.In("root/etc/motd"), token), Is.EqualTo("many files\n"));
        File.Delete(_fleet.In(FleetProcesses.BadMotd));
        (await _fleet.RunAsync("ctl", "retry", "localhost")).Expect();
        await StatusAsync("image halted", "site/2", token);
        await LetThroughAsync("ctl", "clear-halt", "site/2");
        await StatusAsync("synced", "site/2", token);
        Assert.That(await File.ReadAllTextAsync(_fleet.In("root/etc/motd"), token), Is.EqualTo("one file\n"));

        var history = (await _fleet.RunAsync("ctl", "history", "localhost")).Expect().Output;
        Assert.That(history, Does.Contain("clear-safety-stop site/2 by admin: it is meant").And.Contain("force-disruptive-update by admin: it is meant"));

        var first = _fleet["master"];
        await _fleet.StartSecondMasterAsync(token);
        await StatusAsync("held by another master", "site/2", token);
        await LetThroughAsync("ctl", "take-over", "localhost");
        await StatusAsync("synced", "site/2", token);
        _fleet.UseMaster(first);
        await StatusAsync("held by another master", "site/2", token);
        Assert.That(NeedATroubledFleet.Except(_run), Is.Empty, "verbs that nobody ran");
    }

    /// <summary>A dry run names what would be let through and leaves it; the command lets it through.</summary>
    private async Task LetThroughAsync(params string[] command)
    {
        var verb = $"{command[0]} {command[1]}";
        string[] meant = [.. command, "--reason", "it is meant", "--json"];
        var dry = Check(verb, (await _fleet.RunAsync([.. meant, "--dry-run"])).Expect(), "dry-run");
        Assert.That(dry.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("target").GetString()), Is.EqualTo(new[] { "localhost" }));
        Check(verb, (await _fleet.RunAsync(meant)).Expect());
    }

    private Task StatusAsync(string status, string image, CancellationToken token) => _fleet.WaitAsync(
        $"localhost is {status}",
        result =>
        {
            var sub = result.ExitCode == ExitCode.Done ? JsonDocument.Parse(result.Output).RootElement : default;
            return sub.ValueKind == JsonValueKind.Object && (sub.GetProperty("status").GetString(), sub.GetProperty("required_image").GetString()) == (status, image);
        },
        token,
        "ctl", "show-sub", "localhost", "--json");
}
