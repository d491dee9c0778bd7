using System.Text.Json;
using System.Text.Json.Nodes;
using Dom.Cli;
using Dom.Tests.Cli.Schemas;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary>Every verb, run as a process against servers that are processes.</summary>
[NonParallelizable]
public sealed partial class EveryVerbTests
{
    private static readonly string[] NeedATroubledFleet = ["ctl clear-safety-stop", "ctl clear-halt", "ctl force-disruptive-update", "ctl take-over"];

    /// <summary>See <see cref="Commands.SubCommandTests"/>.</summary>
    private static readonly string[] NeedAFreeMachine = ["sub push-image"];

    /// <summary>On a busy machine the start of the program alone may take longer than people wait for completions.</summary>
    private static readonly Dictionary<string, string?> Patient = new() { ["DOM_COMPLETION_TIMEOUT"] = "20" };

    private readonly HashSet<string> _run = [];
    private FleetProcesses _fleet = new();

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        _fleet = new FleetProcesses();
        await _fleet.StartAsync(limit.Token);
        _fleet.Files.WriteFile("source/etc/motd", "welcome\n");
        _fleet.Files.WriteFile("log", "built\n");
        (await _fleet.RunAsync("image", "push", "web/1", _fleet.In("source"), "--build-log", _fleet.In("log"))).Expect();
        (await _fleet.RunAsync("image", "push", "base/1", _fleet.In("source"), "--sparse")).Expect();
        (await _fleet.RunAsync("image", "mkdir", "web")).Expect();
        await _fleet.WaitAsync("localhost is in sync", r => r.Output.Contains("\"status\": \"synced\"", StringComparison.Ordinal), limit.Token, "ctl", "show-sub", "localhost", "--json");
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _fleet.DisposeAsync();

    [Test, Order(1), CancelAfter(300_000)]
    public async Task A_dry_run_says_what_would_be_done_and_changes_nothing(CancellationToken token)
    {
        (await _fleet.RunAsync("image", "mkdir", "empty")).Expect();
        (await _fleet.RunAsync("image", "push", "old/1", _fleet.In("source"), "--expires", "10d")).Expect();
        (await _fleet.RunAsync("mdb", "pause", "h1", "--for", "2h", "--reason", "test")).Expect();
        (await _fleet.RunAsync("lock", "lock", "m1")).Expect();
        var before = await StateAsync();

        await DryAsync("updates", "ctl", "disable-updates", "why");
        await DryAsync("updates", "ctl", "enable-updates", "why");
        await DryAsync("localhost", "ctl", "pause", "localhost", "--for", "2h");
        await DryAsync("localhost", "ctl", "resume", "localhost");
        await DryAsync("h3", "ctl", "retry", "h3");
        await DryAsync("localhost", "ctl", "fast-update", "localhost");
        await DryAsync("scan speed", "ctl", "configure-subs", "--scan-speed", "0.5");
        await DryAsync("default image", "ctl", "set-default-image", "base/1");
        await DryAsync(null, "ctl", "accept-machine-list");
        await DryAsync("empty", "image", "rmdir", "empty");
        await DryAsync("web", "image", "chown", "web", "sre");
        await DryAsync("web", "image", "expiry-rule", "web", "required", "--max", "7d");
        await DryAsync("old/1", "image", "extend", "old/1", "--expires", "20d");
        await DryAsync("h2", "mdb", "pause", "h2", "--for", "1h", "--reason", "why");
        await DryAsync("h1", "mdb", "resume", "h1");
        await DryVerbsOfLockAsync(DryAsync);
        await DryAsync(_fleet.In("tls/admin/cert.pem"), "cert", "issue", "--name", "admin", "--allow", "Subd.*", "--replace", "--out", _fleet.In("tls"));
        Check("image delete", (await _fleet.RunAsync("image", "delete", "old/1", "--dry-run", "--json")).Expect());
        Check("image gc", (await _fleet.RunAsync("image", "gc", "--age", "0", "--dry-run", "--json")).Expect());
        await DryAsync("/etc/motd", "sub", "delete", _fleet["sub"], "/etc/motd");
        Check("sub cleanup", (await _fleet.RunAsync("sub", "cleanup", _fleet["sub"], "--dry-run", "--json")).Expect());
        Check("cert revoke", (await _fleet.RunAsync("cert", "revoke", _fleet.In("tls/admin/cert.pem"), "--out", _fleet.In("tls"), "--dry-run", "--json")).Expect());
        Assert.That(_fleet.In("tls/revoked.pem"), Does.Not.Exist);
        _fleet.Files.WriteFile("machine/etc/default/dominator", "USERNAME=operator\n");
        Check("setup", (await _fleet.RunAsync("setup", "--root", _fleet.In("machine"), "--dry-run", "--json")).Expect());
        Assert.That(_fleet.In("machine/etc/systemd"), Does.Not.Exist);
        (await _fleet.RunAsync("mdb", "accept-shrink", "--dry-run")).Expect(ExitCode.NotFound);
        (await _fleet.RunAsync("ctl", "clear-halt", "web/1", "--dry-run")).Expect(ExitCode.NotFound);
        (await _fleet.RunAsync("ctl", "clear-safety-stop", "localhost", "--dry-run")).Expect(ExitCode.Refused);
        (await _fleet.RunAsync("ctl", "force-disruptive-update", "localhost", "--dry-run")).Expect(ExitCode.NotFound);
        (await _fleet.RunAsync("ctl", "take-over", "localhost", "--dry-run")).Expect(ExitCode.NotFound);
        Assert.That((await _fleet.RunAsync("image", "rmdir", "web", "--dry-run")).Expect(ExitCode.Refused).Error, Does.Contain("not empty"));
        Assert.That((await _fleet.RunAsync("ctl", "set-default-image", "web/1", "--dry-run")).Expect(ExitCode.Usage).Error, Does.Contain("--sparse"));
        Assert.That((await _fleet.RunAsync("ctl", "pause", "localhost", "nobody", "--for", "1h", "--dry-run")).Expect(ExitCode.Partial).Error, Does.Contain("nobody"));

        Assert.That(await StateAsync(), Is.EqualTo(before));
        var dry = OutputSchemas.Verbs.Where(v => v.Verb.Options.Any(o => o.Name == "--dry-run")).Select(v => v.Path);
        Assert.That(dry.Except(_run).Except(["mdb accept-shrink", .. NeedATroubledFleet]), Is.Empty, "verbs with --dry-run that nobody tried");
        (await _fleet.RunAsync("mdb", "resume", "h1")).Expect();
        (await _fleet.RunAsync("lock", "unlock", "m1")).Expect();

        async Task DryAsync(string? target, params string[] command)
        {
            var result = (await _fleet.RunAsync([.. command, "--dry-run", "--json"])).Expect();
            var document = Check($"{command[0]} {command[1]}", result, "dry-run");
            Assert.That(document.GetProperty("summary").GetString(), Does.StartWith("would"));
            if (target is not null)
            {
                Assert.That(document.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("target").GetString()), Does.Contain(target), result.CommandLine);
            }
        }
    }

    [Test, Order(2), CancelAfter(600_000)]
    public async Task Every_verb_prints_documents_as_its_schema_says(CancellationToken token)
    {
        _run.Clear();
        foreach (var line in _fleet.Lines.Where(l => l.StartsWith('{')))
        {
            CheckLine("run", line);
        }

        var target = _fleet.In("target");
        var filter = _fleet.Files.WriteFile("filter", "/tmp/.*\n");
        var triggers = _fleet.Files.WriteFile("triggers", """[{"MatchLines":["/etc/motd"],"Service":"motd","DoReload":true}]""");
        _fleet.Files.WriteFile("source/etc/motd", "good day\n");
        await RunAsync("image push", "image", "push", "web/2", _fleet.In("source"), "--filter", filter, "--triggers", triggers, "--tag", "a=b");
        await RunAsync("image list", "image", "list");
        await RunAsync("image show", "image", "show", "web/2", "--files");
        await RunAsync("image get", "image", "get", "web/1", target);
        await RunAsync("image get-file", "image", "get-file", "web/1", "/etc/motd", _fleet.In("motd"));
        await RunAsync("image tar", "image", "tar", "web/1", _fleet.In("web.tar"));
        await RunAsync("image build-log", "image", "build-log", "web/1", _fleet.In("log2"));
        await RunAsync("image wait", "image", "wait", "web/1");
        await RunAsync("image diff", ExitCode.Drift, "image", "diff", "web/1", "web/2");
        await RunAsync("image check", "image", "check", "web/1");
        await RunAsync("image find-latest", "image", "find-latest", "web");
        await RunAsync("image estimate-usage", "image", "estimate-usage", "web/1");
        await RunAsync("image list-unused", "image", "list-unused", "--machines", _fleet.In("mdb.json"));
        await RunAsync("image extend", "image", "extend", "old/1", "--expires", "20d");
        await RunAsync("image mkdir", "image", "mkdir", "more/below", "--parents", "--group", "sre");
        await RunAsync("image chown", "image", "chown", "more/below", "dev");
        await RunAsync("image expiry-rule", "image", "expiry-rule", "more/below", "required", "--max", "7d");
        await RunAsync("image list-directories", "image", "list-directories");
        await RunAsync("image rmdir", "image", "rmdir", "more/below");
        await RunAsync("image delete", "image", "delete", "old/1", "--yes");
        await RunAsync("image gc", "image", "gc", "--age", "0");
        await RunAsync("image test-filter", "image", "test-filter", "--filter", filter, "/etc/motd", "/tmp/x");
        await RunAsync("image match-triggers", "image", "match-triggers", "--triggers", triggers, "/etc/motd");
        await RunAsync("image merge-filters", "image", "merge-filters", filter);
        await RunAsync("image merge-triggers", "image", "merge-triggers", triggers);

        await RunAsync("ctl status", "ctl", "status");
        await RunAsync("ctl list-subs", "ctl", "list-subs");
        await RunAsync("ctl list-subs", "ctl", "list-subs", "--names");
        await RunAsync("ctl get-info-for-subs", "ctl", "get-info-for-subs");
        await RunAsync("ctl show-sub", "ctl", "show-sub", "localhost");
        await RunAsync("ctl watch", ExitCode.Unreachable, "ctl", "watch", "--timeout", "3s");
        await RunAsync("ctl diff", ExitCode.Drift, "ctl", "diff", "localhost", "web/2");
        await RunAsync("ctl history", "ctl", "history", "localhost");
        await RunAsync("ctl drift", "ctl", "drift");
        await RunAsync("ctl disable-updates", "ctl", "disable-updates", "why");
        await RunAsync("ctl enable-updates", "ctl", "enable-updates", "why");
        await RunAsync("ctl pause", "ctl", "pause", "localhost", "--for", "1h", "--reason", "why");
        await RunAsync("ctl resume", "ctl", "resume", "localhost");
        await RunAsync("ctl retry", ExitCode.Partial, "ctl", "retry", "localhost", "nobody");
        await RunAsync("ctl fast-update", "ctl", "fast-update", "localhost");
        await RunAsync("ctl configure-subs", "ctl", "configure-subs", "--scan-speed", "0.5");
        await RunAsync("ctl get-subs-configuration", "ctl", "get-subs-configuration");
        await RunAsync("ctl set-default-image", "ctl", "set-default-image", "base/1");
        await RunAsync("ctl get-default-image", "ctl", "get-default-image");

        await RunVerbsOfSubAsync(_fleet["sub"], token);
        await RunAsync("logs print", "logs", "print", $"sub@{_fleet["sub"]}");
        await RunAsync("logs level", "logs", "level", $"sub@{_fleet["sub"]}");
        await RunAsync("logs watch", ExitCode.Unreachable, "logs", "watch", $"sub@{_fleet["sub"]}", "--timeout", "3s");

        await RunAsync("mdb list", "mdb", "list");
        await RunAsync("mdb show", "mdb", "show", "localhost");
        await RunAsync("mdb sources", "mdb", "sources");
        await RunAsync("mdb pause", "mdb", "pause", "h2", "--for", "1h", "--reason", "why");
        await RunAsync("mdb resume", "mdb", "resume", "h2");
        await RunAsync("mdb watch", ExitCode.Unreachable, "mdb", "watch", "--timeout", "3s");

        await RunVerbsOfLockAsync();

        _fleet.WriteMachines(1);
        await _fleet.WaitAsync("the loss is seen", r => r.ExitCode == ExitCode.Partial, token, "mdb", "sources", "--check");
        await RunAsync("mdb accept-shrink", "mdb", "accept-shrink", "--dry-run");
        await RunAsync("mdb accept-shrink", "mdb", "accept-shrink", "--reason", "sold");
        await _fleet.WaitAsync("the master refuses the list", r => !r.Output.Contains("\"refused_loss\": 0", StringComparison.Ordinal), token, "ctl", "status", "--json");
        var lost = await RunAsync("ctl accept-machine-list", "ctl", "accept-machine-list", "--dry-run");
        Assert.That(lost.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("target").GetString()), Is.EquivalentTo(Enumerable.Range(1, 9).Select(i => $"h{i}")));
        Assert.That((await _fleet.RunAsync("ctl", "list-subs", "--names")).Lines, Has.Length.EqualTo(11));
        await RunAsync("ctl accept-machine-list", "ctl", "accept-machine-list", "--reason", "sold");
        Assert.That((await _fleet.RunAsync("ctl", "list-subs", "--names")).Lines, Has.Length.EqualTo(2));

        await RunAsync("logs print", "logs", "print", $"master@{_fleet["master"]}", $"imageserver@{_fleet["imageserver"]}");
        await RunAsync("logs watch", ExitCode.Unreachable, "logs", "watch", $"mdb-sync@{_fleet["mdb-sync"]}", "--timeout", "3s");
        await RunAsync("logs level", "logs", "level", $"master@{_fleet["master"]}");
        await RunAsync("setup", "setup", "--root", _fleet.In("machine"));

        await RunAsync("config check", "config", "check");
        await RunAsync("config show", "config", "show", "Client");
        await RunAsync("completion", "completion", "bash");
        await RunAsync("cert init-ca", "cert", "init-ca", "--out", _fleet.In("other"));
        await RunAsync("cert issue", "cert", "issue", "--name", "x", "--role", "sub", "--host", "x", "--out", _fleet.In("other"));
        await RunAsync("cert show", "cert", "show", _fleet.In("other/x/cert.pem"));
        await RunAsync("cert revoke", "cert", "revoke", _fleet.In("other/x/cert.pem"), "--out", _fleet.In("other"));
        Check("quickstart", (await DomProgram.RunAsync(["quickstart", "--from", "/etc", "--dir", _fleet.In("quick"), "--exit", "--json"], null, timeout: TimeSpan.FromMinutes(3), cancellationToken: token)).Expect());

        Assert.That(OutputSchemas.Verbs.Select(v => v.Path).Except(_run).Except(NeedATroubledFleet).Except(NeedAFreeMachine), Is.Empty, "verbs that nobody ran");
    }

    [TestCase("image show web/l", ExitCode.NotFound, "did you mean 'web/1'?")]
    [TestCase("image rmdir wbe", ExitCode.NotFound, "did you mean 'web'?")]
    [TestCase("ctl show-sub localhots", ExitCode.NotFound, "did you mean 'localhost'?")]
    [TestCase("ctl diff localhots", ExitCode.NotFound, "did you mean 'localhost'?")]
    [TestCase("mdb show localhots", ExitCode.NotFound, "did you mean 'localhost'?")]
    [TestCase("image show ../x", ExitCode.Usage, "dom image show --help")]
    [TestCase("image get-file web/1 /etc/nothing", ExitCode.NotFound, "dom image show web/1 --files")]
    [TestCase("image test-filter --filter /nonexistent /x", ExitCode.NotFound, "check the path")]
    [TestCase("image expiry-rule web sometimes", ExitCode.Usage, "dom image expiry-rule --help")]
    [TestCase("ctl list-subs nobody", ExitCode.NotFound, "dom ctl list-subs")]
    [TestCase("ctl list-subs --status sinced", ExitCode.Usage, "did you mean 'synced'?")]
    [TestCase("ctl status --master 127.0.0.1:1", ExitCode.Unreachable, "dom config show Client")]
    [TestCase("ctl status --ca /nonexistent", ExitCode.Usage, "--ca")]
    [TestCase("ctl status --timeout soon", ExitCode.Usage, "write 30s")]
    [TestCase("config show Sbu", ExitCode.NotFound, "did you mean 'Sub'?")]
    [TestCase("sub poll 127.0.0.1:1", ExitCode.Unreachable, "check that the server runs")]
    [TestCase("sub poll a:b:c", ExitCode.Usage, "host:port")]
    [TestCase("sub set-config localhost", ExitCode.Usage, "--scan-speed")]
    [TestCase("sub push-file localhost /etc/hostname /x", ExitCode.Usage, "--reason")]
    [TestCase("sub ls localhost etc", ExitCode.Usage, "/etc/hosts")]
    [TestCase("completion tcsh", ExitCode.Usage, "bash, zsh or fish")]
    public async Task A_mistake_says_what_to_do_next(string command, int exitCode, string hint)
    {
        string[] words = command.Split(' ');
        string[] identity = [.. _fleet.Identity];
        for (var i = 0; i < words.Length; i++)
        {
            // What a case gives replaces what is right.
            var given = Array.IndexOf(identity, words[i]);
            identity = given < 0 ? identity : [.. identity[..given], .. identity[(given + 2)..]];
        }

        var result = (await DomProgram.RunAsync([.. words, .. identity], Patient)).Expect(exitCode);
        Assert.That(result.Error, Does.Contain(hint));
        var json = JsonDocument.Parse((await DomProgram.RunAsync([.. words, .. identity, "--json"], Patient)).Expect(exitCode).Error.Split('\n')[0]).RootElement;
        Assert.That(SchemaValidator.Validate(Schema("error"), json), Is.Empty);
        Assert.That(json.GetProperty("error").GetProperty("hint").GetString(), Is.Not.Empty);
    }

    [Test]
    public async Task A_certificate_that_does_not_allow_it_is_told_apart_from_one_that_is_not_accepted()
    {
        (await DomProgram.RunAsync("cert", "issue", "--name", "guest", "--out", _fleet.In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "init-ca", "--out", _fleet.In("foreign"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "eve", "--allow", "Dominator.*", "--out", _fleet.In("foreign"))).Expect();
        var guest = (await DomProgram.RunAsync(["ctl", "configure-subs", .. _fleet.Servers, .. Files("tls/CA.pem", "tls/guest")])).Expect(ExitCode.Denied);
        Assert.That(guest.Error, Does.Contain("dom cert show"));
        var eve = (await DomProgram.RunAsync(["ctl", "status", "--timeout", "20s", .. _fleet.Servers, .. Files("tls/CA.pem", "foreign/eve")])).Expect(ExitCode.Denied);
        Assert.That(eve.Error, Does.Contain("--cert, --key and --ca"));

        string[] Files(string ca, string name) => ["--ca", _fleet.In(ca), "--cert", _fleet.In(name + "/cert.pem"), "--key", _fleet.In(name + "/key.pem")];
    }

    [TestCase("dom image show ba", "base/1")]
    [TestCase("dom image show --timeout=5s base/", "base/1")]
    [TestCase("dom image list w", "web")]
    [TestCase("dom image rmdir e", "empty")]
    [TestCase("dom image push x/1 image:base/", "base/1")]
    [TestCase("dom ctl show-sub loc", "localhost")]
    [TestCase("dom ctl diff localhost base", "base/1")]
    [TestCase("dom mdb show loc", "localhost")]
    [TestCase("dom sub poll loc", "localhost")]
    [TestCase("dom sub wait-for-image localhost ba", "base/1")]
    [TestCase("dom run --role=su", "sub")]
    [TestCase("dom run --role su", "sub")]
    [TestCase("dom ctl list-subs --status unsa", "unsafe\\ update")]
    [TestCase("dom image exp", "expiry-rule")]
    [TestCase("dom ctl pause localhost --dry", "--dry-run")]
    public async Task Bash_completes_live_names(string line, string expected)
    {
        const string script = """
            PATH=$1:$PATH
            source <(dom completion bash)
            read -ra COMP_WORDS <<< "$2"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
            _dom
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var result = (await Tool.RunAsync("bash", ["-c", script, "bash", Program(), line], environment: Client())).Expect();
        Assert.That(result.Lines, Is.EqualTo(new[] { expected }));
    }

    [TestCase("dom image show ba", "base/1")]
    [TestCase("dom ctl show-sub loc", "localhost")]
    [TestCase("dom run --role=su", "sub")]
    public async Task Zsh_completes_live_names(string line, string expected)
    {
        // The functions that take the words are the shell's own; here they print them.
        const string script = """
            PATH=$1:$PATH BUFFER=$2 CURSOR=${#2}
            compdef() { }
            compset() { return 0 }
            compadd() { shift ${@[(i)--]}; print -l -- "$@" }
            _files() { print files }
            source <(dom completion zsh)
            _dom
            """;
        var result = (await Tool.RunAsync("zsh", ["-f", "-c", script, "zsh", Program(), line], environment: Client())).Expect();
        Assert.That(result.Lines.Where(l => l.StartsWith(line.Split(' ', '=')[^1], StringComparison.Ordinal)), Is.EqualTo(new[] { expected }));
    }

    [TestCase("dom image show ba", "base/1")]
    [TestCase("dom ctl show-sub loc", "localhost")]
    [TestCase("dom run --role=su", "--role=sub")]
    public async Task Fish_completes_live_names(string line, string expected)
    {
        const string script = "set -x PATH $argv[1] $PATH; dom completion fish | source; complete -C $argv[2]";
        var result = (await Tool.RunAsync("fish", ["--no-config", "-c", script, Program(), line], environment: Client())).Expect();
        Assert.That(result.Lines.Select(l => l.Split('\t')[0]), Is.EqualTo(new[] { expected }));
    }

    [TestCase("192.0.2.1:6971", "a server that does not answer")]
    [TestCase("127.0.0.1:1", "a server that does not run")]
    [TestCase("host.invalid:1", "a name that does not exist")]
    public async Task Completion_is_silent_and_quick_without_a_server(string server, string why)
    {
        var line = $"dom image show --imageserver {server} we";
        var started = TimeProvider.System.GetTimestamp();
        var result = (await DomProgram.RunAsync([$"[suggest:{line.Length}]", line], new Dictionary<string, string?>(Client()) { ["DOM_COMPLETION_TIMEOUT"] = null })).Expect();
        Assert.That((result.Output.Trim(), result.Error), Is.EqualTo(("", "")), why);
        Assert.That(TimeProvider.System.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(15)), "a limit of less than a second, and the start of a program on a busy machine");
    }

    private string Program()
    {
        var program = _fleet.In("bin/dom");
        if (!File.Exists(program))
        {
            _fleet.Files.WriteFile("bin/dom", $"#!/bin/sh\nexec {string.Join(' ', DomProgram.Command)} \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Path.GetDirectoryName(program)!;
    }

    private Dictionary<string, string?> Client() => new(Patient)
    {
        ["DOM_Client__Master"] = _fleet["master"],
        ["DOM_Client__ImageServer"] = _fleet["imageserver"],
        ["DOM_Client__MdbServer"] = _fleet["mdb-sync"],
        ["DOM_Client__CaFile"] = _fleet.In("tls/CA.pem"),
        ["DOM_Client__CertificateFile"] = _fleet.In("tls/admin/cert.pem"),
        ["DOM_Client__KeyFile"] = _fleet.In("tls/admin/key.pem"),
    };

    private Task<JsonElement> RunAsync(string verb, params string[] command) => RunAsync(verb, ExitCode.Done, command);

    private async Task<JsonElement> RunAsync(string verb, int exitCode, params string[] command) =>
        Check(verb, (await _fleet.RunAsync([.. command, "--json"])).Expect(exitCode));

    private JsonElement Check(string path, ToolResult result, string? document = null)
    {
        var verb = OutputSchemas.Verbs.Single(v => v.Path == path).Verb;
        if (verb.IsStream && document is null && !result.Output.Contains("\"dry_run\"", StringComparison.Ordinal))
        {
            Assert.That(result.Lines, Is.Not.Empty, result.CommandLine);
            return result.Lines.Select(l => CheckLine(path, l)).Last();
        }

        return CheckLine(path, result.Output, document);
    }

    private JsonElement CheckLine(string path, string json, string? document = null)
    {
        _run.Add(path);
        var element = JsonDocument.Parse(json).RootElement;
        var verb = OutputSchemas.Verbs.Single(v => v.Path == path).Verb;
        var names = document is null ? verb.Documents.Select(OutputSchemas.NameOf) : [document];
        var faults = names.Select(n => (Name: n, Faults: SchemaValidator.Validate(Schema(n), element))).ToList();
        Assert.That(faults.Any(f => f.Faults.Count == 0), Is.True, $"dom {path} printed\n{json}\n{string.Join('\n', faults.SelectMany(f => f.Faults.Select(x => $"{f.Name}: {x}")))}");
        return element;
    }

    private static JsonObject Schema(string name) => JsonNode.Parse(File.ReadAllText(OutputSchemas.FileOf(name)))!.AsObject();

    /// <summary>What the servers were told to do, and what commands show of it.</summary>
    private async Task<string> StateAsync()
    {
        string[][] looks =
        [
            ["image", "list"], ["image", "list-directories"], ["image", "show", "old/1"], ["ctl", "list-subs", "--names"], ["ctl", "get-default-image"],
            ["ctl", "get-subs-configuration"], ["ctl", "history"], ["mdb", "list"], ["mdb", "show", "h1"], ["mdb", "show", "h2"],
        ];
        var state = new List<string>();
        foreach (var look in looks)
        {
            state.Add((await _fleet.RunAsync([.. look, "--json"])).Expect().Output);
        }

        // Every call that changes something is in an audit log, whatever became of it.
        var audit = Directory.GetFiles(_fleet.Files.Path, "*audit*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.That(audit, Is.Not.Empty);
        state.AddRange(audit.Select(File.ReadAllText).Select(t => string.Join('\n', t.Split('\n').Where(l => !l.Contains("CollectGarbage", StringComparison.Ordinal) && !l.Contains("Subd.", StringComparison.Ordinal)))));
        state.Add(await File.ReadAllTextAsync(_fleet.In("tls/admin/cert.pem")));
        return string.Join('\n', state);
    }
}
