using Dom.Cli;

namespace Dom.Tests.Cli;

/// <content>The verbs of <c>dom sub</c>.</content>
public sealed partial class EveryVerbTests
{
    private async Task RunVerbsOfSubAsync(string sub, CancellationToken token)
    {
        await RunAsync("sub poll", "sub", "poll", sub);
        await RunAsync("sub wait-for-image", "sub", "wait-for-image", sub, "web/1");
        await RunAsync("sub plan", "sub", "plan", sub);
        await RunAsync("sub plan", ExitCode.Drift, "sub", "plan", sub, "web/2");
        await RunAsync("sub check", "sub", "check", sub);
        await RunAsync("sub ls", "sub", "ls", sub, "/etc");
        await RunAsync("sub get-file", "sub", "get-file", sub, "/etc/motd", _fleet.In("motd2"));
        Assert.That(await File.ReadAllTextAsync(_fleet.In("motd2"), token), Is.EqualTo("welcome\n"));
        await RunAsync("sub get-config", "sub", "get-config", sub);
        await RunAsync("sub set-config", "sub", "set-config", sub, "--scan-speed", "5", "--for", "10min");
        await RunAsync("sub boost", "sub", "boost", sub);
        await RunAsync("sub shed", "sub", "shed", sub, "--for", "2h", "--reason", "why");
        await RunAsync("sub set-config", "sub", "set-config", sub, "--reset");
        await RunAsync("sub cleanup", "sub", "cleanup", sub);
        (await _fleet.RunAsync("ctl", "pause", "localhost", "--for", "1h", "--reason", "by hand")).Expect();
        await RunAsync("sub push-file", "sub", "push-file", sub, _fleet.In("log"), "/etc/extra file", "--reason", "why", "--mode", "0600");
        await RunAsync("sub check", ExitCode.Drift, "sub", "check", sub, "--applied");
        Assert.That((await _fleet.RunAsync("sub", "check", sub, "--format", "mtree")).Expect(ExitCode.Drift).Lines, Has.Some.StartsWith("# extra: found ./etc/extra\\040file type=file").And.Some.EqualTo("#mtree v2.0"));
        await RunAsync("sub delete", "sub", "delete", sub, "/etc/extra file", "--reason", "why");
        await RunAsync("sub delete", ExitCode.Partial, "sub", "delete", sub, "/etc/extra file", "--reason", "why");
        await RunAsync("sub restart-service", "sub", "restart-service", sub, "nginx", "--reason", "why");
        Assert.That((await _fleet.RunAsync("sub", "push-image", sub, "web/2")).Expect(ExitCode.Refused).Error, Does.Contain("held by the master").And.Contain("fast-update"));
        (await _fleet.RunAsync("ctl", "resume", "localhost")).Expect();
    }
}
