using System.Text.Json;
using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary><c>dom image</c> as users and scripts run it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageCommandTests : IDisposable
{
    private readonly ImageRig _rig = new();

    private TempDirectory Files => _rig.Files;

    public void Dispose() => _rig.Dispose();

    [Test, CancelAfter(240_000)]
    public async Task A_user_pushes_compares_unpacks_and_deletes_images(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        Files.WriteFile("source/etc/motd", "welcome\n");
        Files.WriteFile("source/etc/hosts", "127.0.0.1 localhost\n");
        Files.WriteFile("source/tmp/rubbish", "rubbish");
        var filter = Files.WriteFile("filter", "/tmp/.*\n");
        var triggers = Files.WriteFile("triggers", """[{ "MatchLines": ["/etc/motd"], "Service": "motd", "DoReload": true }]""");
        var source = Files.Combine("source");

        var pushed = (await _rig.RunAsync(server, "push", "web/1", source, "--filter", filter, "--triggers", triggers, "--json")).Expect();
        using var document = JsonDocument.Parse(pushed.Output);
        Assert.That(document.RootElement.GetProperty("schema_version").GetInt32(), Is.EqualTo(1));
        Assert.That(document.RootElement.GetProperty("image").GetProperty("created_by").GetString(), Is.EqualTo("alice"));
        Assert.That(document.RootElement.GetProperty("left_out").GetArrayLength(), Is.Zero);
        var again = (await _rig.RunAsync(server, "push", "web/1", source, "--filter", filter, "--triggers", triggers)).Expect();
        Assert.That(again.Output, Does.Contain("sent 0 B in 0 objects"));
        Assert.That(again.Error, Is.Empty, "no progress where there is no terminal");

        Files.WriteFile("source/etc/motd", "good day\n");
        File.Delete(Files.Combine("source", "etc", "hosts"));
        Files.WriteFile("source/etc/new", "new");
        (await _rig.RunAsync(server, "push", "web/2", source, "--filter", filter, "--triggers", triggers)).Expect();
        var diff = (await _rig.RunAsync(server, "diff", "web/1", "web/2")).Expect(ExitCode.Drift);
        Assert.That(diff.Lines, Is.EqualTo(new[] { "- /etc/hosts", "~ /etc/motd (content, time)", "+ /etc/new" }));
        (await _rig.RunAsync(server, "diff", "web/2", "web/2")).Expect(ExitCode.Done);

        var list = (await _rig.RunAsync(server, "list", "web")).Expect();
        Assert.That(list.Lines[1..].Select(l => l.Split(' ')[0]), Is.EqualTo(new[] { "web/1", "web/2" }));
        var show = (await _rig.RunAsync(server, "show", "web/2", "--files")).Expect();
        Assert.That(show.Output, Does.Contain("reload motd").And.Contains("/etc/new").And.Contains("/tmp/.*").And.Not.Contains("rubbish"));

        var target = Files.Combine("target");
        (await _rig.RunAsync(server, "get", "web/2", target)).Expect();
        Assert.That(await Rsync.DifferencesAsync(source, target, "/tmp/rubbish"), Is.Empty);
        (await _rig.RunAsync(server, "get", "web/2", target)).Expect(ExitCode.Refused);

        (await _rig.RunAsync(server, "delete", "web/1", "--dry-run")).Expect();
        (await _rig.RunAsync(server, "delete", "web/1")).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "show", "web/1")).Expect();
        (await _rig.RunAsync(server, "delete", "web/1", "--yes")).Expect();
        (await _rig.RunAsync(server, "show", "web/1")).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "push", "web/1", source)).Expect(ExitCode.Refused);
    }

    [Test, CancelAfter(240_000)]
    public async Task Computed_files_are_pushed_without_content_and_with_their_generator(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        Files.WriteFile("computed/etc/issue", "a place");
        Files.WriteFile("computed/a", "a");
        File.CreateSymbolicLink(Files.Combine("computed/link"), "a");
        var source = Files.Combine("computed");
        var list = Files.WriteFile("list", "/etc/issue filegen.example.com:6972\n");
        (await _rig.RunAsync(server, "push", "computed/1", source, "--computed-files", list)).Expect();
        var shown = (await _rig.RunAsync(server, "show", "computed/1")).Expect();
        Assert.That(shown.Output, Does.Contain("filegen.example.com:6972"));

        var copied = (await _rig.RunAsync(server, "push", "computed/2", "image:computed/1", "--json")).Expect();
        Assert.That((await _rig.RunAsync(server, "show", "computed/2")).Expect().Output, Does.Contain("filegen.example.com:6972"), copied.Output);
        foreach (var (path, says) in new[] { ("/link", "no regular file"), ("/nothing", "does not have it") })
        {
            var bad = await _rig.RunAsync(server, "push", "computed/3", source, "--computed-files", Files.WriteFile("bad", $"{path} filegen:6972\n"));
            Assert.That((bad.ExitCode, bad.Error), Is.EqualTo((ExitCode.Refused, bad.Error)));
            Assert.That(bad.Error, Does.Contain(path).And.Contain(says));
        }

        (await _rig.RunAsync(server, "push", "computed/3", source, "--computed-files", Files.WriteFile("bad", "nonsense\n"))).Expect(ExitCode.Usage);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_damaged_store_is_found_by_check(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        Files.WriteFile("source/file", "some content");
        (await _rig.RunAsync(server, "push", "web/1", Files.Combine("source"))).Expect();
        (await _rig.RunAsync(server, "check", "web/1")).Expect();
        var stored = Directory.GetFiles(Files.Combine("state", "objects"), "*", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(stored, "same length!", token);
        var check = (await _rig.RunAsync(server, "check", "web/1")).Expect(ExitCode.Corrupt);
        Assert.That(check.Output, Does.Contain("1 corrupt"));
        (await _rig.RunAsync(server, "get", "web/1", Files.Combine("target"))).Expect(ExitCode.NotFound);
    }

    [Test, CancelAfter(120_000)]
    public async Task Mistakes_are_named_before_anything_is_sent(CancellationToken token)
    {
        await using var server = await _rig.StartAsync(token);
        Files.WriteFile("source/file", "some content");
        var source = Files.Combine("source");
        var filter = Files.WriteFile("filter", "/good\n(\n");
        var bad = (await _rig.RunAsync(server, "push", "web/1", source, "--filter", filter)).Expect(ExitCode.Usage);
        Assert.That(bad.Error, Does.Contain("filter").And.Contains("2"));
        (await _rig.RunAsync(server, "push", "../web", source)).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "push", "web/1", Files.Combine("nowhere"))).Expect(ExitCode.NotFound);
        (await _rig.RunAsync(server, "push", "web/1", source, "--owner", "nobody")).Expect(ExitCode.Usage);
        (await _rig.RunAsync(server, "show", "web/1")).Expect(ExitCode.NotFound);
        Assert.That((await _rig.RunAsync(server, "list")).Expect().Output, Is.Empty);
    }
}
