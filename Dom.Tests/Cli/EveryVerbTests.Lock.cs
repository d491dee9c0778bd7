using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

public sealed partial class EveryVerbTests
{
    private async Task RunVerbsOfLockAsync()
    {
        await RunAsync("lock take", "lock", "take", "m1", "--reason", "kernel", "--for", "15min");
        await RunAsync("lock status", "lock", "status");
        await RunAsync("lock explain", ExitCode.Refused, "lock", "explain", "m2");
        await RunAsync("lock set-max", "lock", "set-max", "4");
        await RunAsync("lock freeze", "lock", "freeze", "--reason", "release day");
        await RunAsync("lock freeze", "lock", "freeze", "--thaw");
        await RunAsync("lock log", "lock", "log");
        await RunAsync("lock watch", ExitCode.Unreachable, "lock", "watch", "--last", "5", "--timeout", "3s");
        await RunAsync("lock unlock", "lock", "unlock", "m1");
        Check("lock run", (await DomProgram.RunAsync(["lock", "run", "--id", "job", "--wait", "1min", "--json", .. _fleet.Identity, "--", "/bin/true"])).Expect());
    }

    private async Task DryVerbsOfLockAsync(Func<string?, string[], Task> dryAsync)
    {
        await dryAsync("m1", ["lock", "unlock", "m1"]);
        await dryAsync("default", ["lock", "set-max", "4"]);
        await dryAsync("default", ["lock", "freeze", "--reason", "why"]);
    }
}
