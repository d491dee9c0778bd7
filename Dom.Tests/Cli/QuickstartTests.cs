using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary>What a new user does first: <c>dom quickstart</c> in a fresh clone, as root and as somebody else.</summary>
[NonParallelizable]
public sealed partial class QuickstartTests
{
    private const string Source = "/etc";
    private const string Nobody = "65534";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>What a quickstart filters, as rsync says it.</summary>
    private static readonly string[] Filtered = ["/.subd", "shadow*", "gshadow*", "ssh_host_*", "private", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.key", "*key.pem", "krb5.keytab"];

    private TempDirectory _directory;
    private string _clone;

    [OneTimeSetUp]
    public async Task BuildAClone()
    {
        _directory = new TempDirectory();
        _clone = _directory.Combine("clone");
        await Tool.RunOkAsync("git", "clone", "--quiet", "--no-hardlinks", Repository.Root, _clone);
        (await Tool.RunAsync("dotnet", ["build", "Dom.Cli", "-c", "Release", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false"], directory: _clone, timeout: TimeSpan.FromMinutes(8))).Expect();
        await Tool.RunOkAsync("chmod", "-R", "go+rX", _directory.Path);
    }

    [OneTimeTearDown]
    public void RemoveTheClone() => _directory.Dispose();

    [Test]
    [CancelAfter(600_000)]
    public async Task A_user_runs_it_twice_and_the_directory_equals_its_source_each_time(CancellationToken cancellationToken)
    {
        var directory = _directory.Combine("twice");
        var first = await Tool.RunAsync("dotnet",
            ["run", "--no-build", "-c", "Release", "--project", "Dom.Cli", "--", "quickstart", "--from", Source, "--dir", directory, "--exit"],
            directory: _clone, timeout: Limit, cancellationToken: cancellationToken);
        AssertShow(first);
        Assert.That(File.GetUnixFileMode(directory), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(await DifferencesAsync(directory, []), Is.Empty);

        var second = await RunAsync([], directory, cancellationToken, "--json");
        using var document = JsonDocument.Parse(second.Expect().Output);
        Assert.That(document.RootElement.GetProperty("compliant").GetBoolean(), Is.True);
        Assert.That(document.RootElement.GetProperty("corrections").GetArrayLength(), Is.EqualTo(4));
        Assert.That(document.RootElement.GetProperty("image").GetString(), Is.EqualTo("quickstart/1"), "an image that has not changed keeps its name");
        Assert.That(await DifferencesAsync(directory, []), Is.Empty);
    }

    [Test]
    [CancelAfter(600_000)]
    public async Task Somebody_who_is_not_root_gets_all_that_he_may_read_as_his_own(CancellationToken cancellationToken)
    {
        var directory = _directory.CreateDirectory("nobody");
        await Tool.RunOkAsync("chown", $"{Nobody}:{Nobody}", directory);
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];
        AssertShow(await RunAsync(asNobody, directory, cancellationToken));

        var second = await RunAsync(asNobody, directory, cancellationToken, "--json");
        using var document = JsonDocument.Parse(second.Expect().Output);
        var leftOut = document.RootElement.GetProperty("left_out").EnumerateArray().Select(p => p.GetString() ?? "").ToArray();
        Assert.That(await DifferencesAsync(directory, leftOut, "--no-owner", "--no-group"), Is.Empty);
    }

    [Test]
    [CancelAfter(600_000)]
    public async Task A_run_that_was_killed_is_finished_by_the_next(CancellationToken cancellationToken)
    {
        var directory = _directory.Combine("killed");
        var start = new ProcessStartInfo("dotnet", [Program, "quickstart", "--from", Source, "--dir", directory]) { RedirectStandardOutput = true };
        using (var process = Process.Start(start) ?? throw new AssertionException("dotnet did not start"))
        {
            // The master has just been started: the machine is being filled.
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && !line.StartsWith("  master", StringComparison.Ordinal))
            {
            }

            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
        }

        AssertShow(await RunAsync([], directory, cancellationToken));
        Assert.That(await DifferencesAsync(directory, []), Is.Empty);
    }

    [Test]
    public async Task A_directory_with_other_files_is_refused()
    {
        var directory = _directory.CreateDirectory("other");
        await File.WriteAllTextAsync(Path.Combine(directory, "precious"), "");
        var result = (await DomProgram.RunAsync("quickstart", "--dir", directory, "--exit")).Expect(Dom.Cli.ExitCode.Usage);

        Assert.That(result.Error, Does.Contain("not of a quickstart").And.Contain("--dir"));
        Assert.That(Directory.GetFileSystemEntries(directory), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_directory_whose_parts_lead_elsewhere_is_refused()
    {
        var directory = _directory.CreateDirectory("led");
        var victim = _directory.CreateDirectory("victim");
        await File.WriteAllTextAsync(Path.Combine(victim, "precious"), "");
        await File.WriteAllTextAsync(Path.Combine(directory, "quickstart.lock"), "");
        Directory.CreateSymbolicLink(Path.Combine(directory, "root"), victim);
        var result = (await DomProgram.RunAsync("quickstart", "--dir", directory, "--exit")).Expect(Dom.Cli.ExitCode.Refused);

        Assert.That(result.Error, Does.Contain("root is no directory").And.Contain("--dir"));
        Assert.That(Directory.GetFileSystemEntries(victim), Has.Length.EqualTo(1));

        var link = _directory.Combine("link");
        Directory.CreateSymbolicLink(link, victim);
        (await DomProgram.RunAsync("quickstart", "--dir", link, "--exit")).Expect(Dom.Cli.ExitCode.Refused);
    }

    [Test]
    public async Task A_directory_of_somebody_else_is_refused()
    {
        var directory = _directory.CreateDirectory("foreign");
        await Tool.RunOkAsync("chown", Nobody, directory);
        var result = (await DomProgram.RunAsync("quickstart", "--dir", directory, "--exit")).Expect(Dom.Cli.ExitCode.Refused);
        Assert.That(result.Error, Does.Contain("belongs to another user"));
    }

    [TestCase("--dir", "")]
    [TestCase("--from", "")]
    public async Task An_empty_name_is_a_usage_error(string option, string value)
    {
        var result = (await DomProgram.RunAsync("quickstart", option, value, "--exit")).Expect(Dom.Cli.ExitCode.Usage);
        Assert.That(result.Error, Does.Contain($"{option} is empty"));
    }

    private string Program => Path.Combine(_clone, "Dom.Cli/bin/Release/net10.0/dom.dll");

    private Task<ToolResult> RunAsync(string[] prefix, string directory, CancellationToken cancellationToken, params string[] more)
    {
        string[] command = [.. prefix, "dotnet", Program, "quickstart", "--from", Source, "--dir", directory, "--exit", .. more];
        var environment = new Dictionary<string, string?> { ["HOME"] = directory };
        return Tool.RunAsync(command[0], command[1..], directory: directory is var d && Directory.Exists(d) ? d : _directory.Path, environment: environment, timeout: Limit, cancellationToken: cancellationToken);
    }

    private static async Task<string[]> DifferencesAsync(string directory, string[] leftOut, params string[] options)
    {
        string[] exclude = [.. Filtered.Concat(leftOut).Select(e => $"--exclude={e}")];
        var result = await Tool.RunAsync("rsync",
            ["-naHAXcOJ", "--delete", "--itemize-changes", .. options, .. exclude, Source + "/", Path.Combine(directory, "root") + "/"], timeout: Limit);
        return result.Expect().Lines;
    }

    private static void AssertShow(ToolResult result)
    {
        var lines = result.Expect().Lines;
        Assert.That(lines[^1], Does.Match(LastLine()), result.Output);
        Assert.That(lines.Count(l => l.Contains("noticed after", StringComparison.Ordinal) && l.Contains("corrected after", StringComparison.Ordinal)), Is.EqualTo(4), result.Output);
        Assert.That(lines.Count(l => l.Contains("http://127.0.0.1:", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(3), result.Output);
    }

    [GeneratedRegex(@"^quickstart: compliant, 4 of 4 deviations corrected in \d+\.\d s$")]
    private static partial Regex LastLine();
}
