using System.Text.Json;
using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary>The verbs around an image, as users and scripts run them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageVerbTests : IDisposable
{
    private readonly ImageRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Test, CancelAfter(300_000)]
    public async Task A_user_pushes_an_archive_layers_it_and_gets_it_back(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        _rig.Files.WriteFile("source/etc/motd", "welcome\n");
        _rig.Files.WriteFile("source/var/lib/dpkg/status", "Package: openssl\nStatus: install ok installed\nVersion: 3.0\n\n");
        File.CreateSymbolicLink(_rig.Files.Combine("source", "etc", "link"), "/etc/motd");
        var filter = _rig.Files.WriteFile("filter", "/tmp/.*\n");
        var triggers = _rig.Files.WriteFile("triggers", """[{ "MatchLines": ["/etc/motd"], "Service": "motd" }]""");
        var archive = _rig.Files.Combine("source.tar.gz");
        await Tool.RunOkAsync("tar", "-C", _rig.Files.Combine("source"), "--format=pax", "-czf", archive, ".");
        var required = _rig.Files.WriteFile("required", "# what every image has\n/etc/\n/etc/motd\n");

        string[] rules = ["--filter", filter, "--triggers", triggers, "--required-paths", required];
        var pushed = (await _rig.RunAsync(server, await File.ReadAllBytesAsync(archive, token),
            ["push", "web/1", "-", .. rules, "--tag", "ticket=123", "--release-notes", "first", "--expires", "30d", "--build-log", required])).Expect();
        Assert.That(pushed.Output, Does.StartWith("web/1: 8 inodes"));
        var show = (await _rig.RunAsync(server, "show", "web/1")).Expect();
        Assert.That(show.Output, Does.Contain("ticket=123").And.Contains("first").And.Contains("expires"));

        Assert.That((await _rig.RunAsync(server, "build-log", "web/1")).Expect().Output, Is.EqualTo(await File.ReadAllTextAsync(required, token)));
        Assert.That((await _rig.RunAsync(server, "check", "web/1")).Expect().Output, Does.Contain("3 objects"), "motd, status and the log");

        _rig.Files.WriteFile("layer/var/lib/dpkg/status", "Package: openssl\nStatus: install ok installed\nVersion: 3.1\n\n");
        var more = _rig.Files.WriteFile("more", "/tmp/.*\n/home\n");
        (await _rig.RunAsync(server, "push", "web/2", _rig.Files.Combine("layer"), "--on", "web/1", "--filter", more)).Expect();
        var diff = (await _rig.RunAsync(server, "diff", "web/1", "web/2", "--only", "packages", "--only", "filter")).Expect(ExitCode.Drift);
        Assert.That(diff.Lines, Is.EqualTo(new[] { "! filter", "filter + /home", "package ~ openssl 3.0 -> 3.1" }));
        var json = JsonDocument.Parse((await _rig.RunAsync(server, "diff", "web/1", "web/2", "--json")).Expect(ExitCode.Drift).Output).RootElement;
        Assert.That(json.GetProperty("packages")[0].GetProperty("new").GetString(), Is.EqualTo("3.1"));
        Assert.That(json.GetProperty("triggers").GetArrayLength(), Is.Zero, "the triggers of the base are kept");

        var file = (await _rig.RunAsync(server, "get-file", "web/2", "/etc/link")).Expect();
        Assert.That(file.Output, Is.EqualTo("welcome\n"));
        (await _rig.RunAsync(server, "get-file", "web/2", "/etc/nothing")).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "get-file", "web/2", "/etc")).Expect(ExitCode.Failed);

        var tar = (await _rig.RunAsync(server, "tar", "web/1")).Expect();
        await File.WriteAllBytesAsync(_rig.Files.Combine("again.tar"), tar.OutputBytes, token);
        (await _rig.RunAsync(server, "tar", "web/1", _rig.Files.Combine("named.tar"), "--json")).Expect();
        Assert.That(await File.ReadAllBytesAsync(_rig.Files.Combine("named.tar"), token), Is.EqualTo(tar.OutputBytes));
        (await _rig.RunAsync(server, "push", "web/3", _rig.Files.Combine("again.tar"))).Expect();
        (await _rig.RunAsync(server, "diff", "web/1", "web/3", "--only", "files")).Expect(ExitCode.Done);
        (await _rig.RunAsync(server, "push", "web/4", "image:web/1")).Expect();
        (await _rig.RunAsync(server, "diff", "web/1", "web/4")).Expect(ExitCode.Done);
        (await _rig.RunAsync(server, "diff", "web/1", _rig.Files.Combine("source"), "--only", "files")).Expect(ExitCode.Done);
        (await _rig.RunAsync(server, "build-log", "web/4")).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "wait", "web/4")).Expect();
        (await _rig.RunAsync(server, "wait", "web/5", "--timeout", "2s")).Expect(ExitCode.Unreachable);
    }

    [Test, CancelAfter(120_000)]
    public async Task Mistakes_in_a_push_are_named(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        var source = _rig.Files.CreateDirectory("source");
        _rig.Files.WriteFile("source/file", "x");
        var required = _rig.Files.WriteFile("required", "/etc/passwd\n");
        var lacking = (await _rig.RunAsync(server, "push", "web/1", source, "--required-paths", required)).Expect(ExitCode.Refused);
        Assert.That(lacking.Error, Does.Contain("/etc/passwd"));
        var garbage = (await _rig.RunAsync(server, "push", "web/1", required)).Expect(ExitCode.Failed);
        Assert.That(garbage.Error, Does.Contain("no tar archive").And.Contain(required));
        (await _rig.RunAsync(server, "push", "web/1", source, "--tag", "nothing")).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "push", "web/1", source, "--expires", "yesterday")).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "push", "web/1", source, "--expires", "2001-01-01")).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "push", "web/1", "image:web/0")).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "push", "web/1", source, "--on", "web/0")).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "push", "web/1", "sub:127.0.0.1:1", "--timeout", "20s")).Expect(ExitCode.Unreachable);
        (await _rig.RunAsync(server, "push", "web/1", "sub:")).Expect(ExitCode.Usage);
    }

    [Test, CancelAfter(120_000)]
    public async Task Filters_and_triggers_are_tried_and_merged_without_a_server(CancellationToken token)
    {
        var first = _rig.Files.WriteFile("first", "# base\n/tmp/.*\n/home\n");
        var second = _rig.Files.WriteFile("second", "/home\n/srv\n");
        var inverted = _rig.Files.WriteFile("inverted", "!\n/etc\n");
        var test = (await DomProgram.RunAsync("image", "test-filter", "--filter", first, "/home/lisa", "/etc/hosts")).Expect();
        Assert.That(test.Lines[0], Does.StartWith("left alone").And.Contain("line 3 matches: /home"));
        Assert.That(test.Lines[1], Does.StartWith("managed").And.Contain("no line matches"));
        var slashless = (await DomProgram.RunAsync("image", "test-filter", "--filter", _rig.Files.WriteFile("slashless", "/home\nvar/.*\n"), "/var/log")).Expect();
        Assert.That(slashless.Error, Does.Contain("line 2").And.Contain("'var/.*' can match no path"));
        Assert.That((await DomProgram.RunAsync("image", "merge-filters", first, second)).Expect().Lines, Is.EqualTo(new[] { "/tmp/.*", "/home", "/srv" }));
        (await DomProgram.RunAsync("image", "merge-filters", first, inverted)).Expect(ExitCode.Usage);
        (await DomProgram.RunAsync("image", "test-filter", "/x")).Expect(ExitCode.Usage);

        var ssh = _rig.Files.WriteFile("ssh.json", """[{ "MatchLines": ["/etc/ssh/.*"], "Service": "ssh", "DoReload": true, "SortName": "b" }]""");
        var all = _rig.Files.WriteFile("all.json", """[{ "MatchLines": ["/boot/.*"], "Service": "reboot", "DoReboot": true, "HighImpact": true }, { "MatchLines": ["/usr/sbin/sshd$"], "Service": "ssh", "DoReload": true }]""");
        var merged = (await DomProgram.RunAsync("image", "merge-triggers", ssh, all)).Expect();
        var both = _rig.Files.WriteFile("both.json", merged.Output);
        var matched = (await DomProgram.RunAsync("image", "match-triggers", "--triggers", both, "/usr/sbin/sshd", "/boot/vmlinuz", "/etc/motd")).Expect();
        Assert.That(matched.Lines, Is.EqualTo(new[] { "reboot reboot (high impact): /boot/vmlinuz", "reload ssh: /usr/sbin/sshd" }));
        var piped = await Tool.RunAsync(DomProgram.Command[0], [.. DomProgram.Command.Skip(1), "image", "match-triggers", "--triggers", both, "--json", "-"], "/etc/ssh/x\n"u8.ToArray(), cancellationToken: token);
        using var document = JsonDocument.Parse(piped.Expect().Output);
        Assert.That(document.RootElement.GetProperty("triggers")[0].GetProperty("paths")[0].GetString(), Is.EqualTo("/etc/ssh/x"));
    }
}
