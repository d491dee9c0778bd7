using System.Text.Json;
using Dom.Cli;
using Dom.Tests.Lab;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom sub</c> as operators run it on a machine that no master directs.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SubCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-sub-");

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(300_000)]
    public async Task A_machine_without_a_master_is_brought_to_an_image_checked_and_let_go(CancellationToken token)
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "all", "--role", "imageserver,sub", "--host", "127.0.0.1", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "ImageServer.*,ObjectServer.*,Subd.*", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "looker", "--allow", "ImageServer.*,Subd.GetState,Subd.GetPlan", "--out", In("tls"))).Expect();
        await using var process = DomProcess.Start([
            "run", "--json", "--role", "imageserver,sub",
            .. Sets("ImageServer.Listen=127.0.0.1:0", $"ImageServer.StateDirectory={_directory.CreateDirectory("images")}", "Sub.Listen=127.0.0.1:0", $"Sub.Root={_directory.CreateDirectory("root")}",
                $"Tls.CaFile={In("tls/CA.pem")}", $"Tls.CertificateFile={In("tls/all/cert.pem")}", $"Tls.KeyFile={In("tls/all/key.pem")}")]);
        await process.WaitAsync("both answer", () => Task.FromResult(Answers(process).Count == 2), TimeSpan.FromMinutes(1), token);
        var (server, sub) = (Answers(process)["imageserver"], Answers(process)["sub"]);
        _directory.WriteFile("source/etc/motd", "welcome\n");
        (await RunAsync("admin", "image", "push", "web/1", In("source"))).Expect();

        (await RunAsync("admin", "sub", "check", sub)).Expect(ExitCode.NotFound);
        (await RunAsync("looker", "sub", "push-image", sub, "web/1")).Expect(ExitCode.Denied);
        (await RunAsync("admin", "sub", "push-image", sub, "web/9")).Expect(ExitCode.NotFound);
        (await RunAsync("admin", "sub", "push-image", sub, "web/1", "--json")).Expect();
        Assert.That(await File.ReadAllTextAsync(In("root/etc/motd"), token), Is.EqualTo("welcome\n"));
        var state = JsonDocument.Parse((await RunAsync("looker", "sub", "poll", sub, "--json")).Expect().Output).RootElement;
        Assert.That(state.TryGetProperty("holder", out _), Is.False, "the machine is free again");
        Assert.That(state.GetProperty("reported").GetProperty("applied_image").GetString(), Is.EqualTo("web/1"));

        (await RunAsync("looker", "sub", "check", sub)).Expect();
        await File.WriteAllTextAsync(In("root/etc/motd"), "other\n", token);
        await process.WaitAsync(
            "the deviation is seen", async () => (await RunAsync("looker", "sub", "check", sub)).ExitCode == ExitCode.Drift, TimeSpan.FromMinutes(1), token);
        Assert.That((await RunAsync("looker", "sub", "check", sub, "--applied")).Expect(ExitCode.Drift).Output, Does.Match("changed +/etc/motd  content"));
        var mtree = (await RunAsync("looker", "sub", "check", sub, "--format", "mtree")).Expect(ExitCode.Drift);
        Assert.That(mtree.Lines, Has.Some.StartsWith("./etc/motd type=file").And.Some.StartsWith("# changed: found ./etc/motd"));
        (await RunAsync("looker", "sub", "ls", sub, "/")).Expect(ExitCode.Denied);
        (await RunAsync("admin", "sub", "push-image", sub, "web/1")).Expect();
        (await RunAsync("looker", "sub", "wait-for-image", sub, "web/1", "--timeout", "1min")).Expect();
        (await RunAsync("looker", "sub", "wait-for-image", sub, "web/2", "--timeout", "1s")).Expect(ExitCode.Unreachable);

        Task<ToolResult> RunAsync(string user, params string[] arguments) => DomProgram.RunAsync([
            .. arguments, "--imageserver", server, "--ca", In("tls/CA.pem"), "--cert", In($"tls/{user}/cert.pem"), "--key", In($"tls/{user}/key.pem")]);
    }

    private static IEnumerable<string> Sets(params string[] sets) => sets.SelectMany(static s => new[] { "--set", s });

    private static Dictionary<string, string> Answers(DomProcess process) => process.Log.Split('\n').Where(static l => l.StartsWith("{\"", StringComparison.Ordinal) && l.TrimEnd().EndsWith('}'))
        .Select(static l => JsonDocument.Parse(l).RootElement)
        .Where(static e => e.TryGetProperty("role", out _))
        .ToDictionary(static e => e.GetProperty("role").GetString()!, static e => e.GetProperty("address").GetString()!);

    private string In(string name) => _directory.Combine(name);
}
