using System.CommandLine;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock unlock</c>: gives a slot back, or takes it from a holder who cannot.</summary>
internal static class LockUnlockCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var id = LockCommand.IdArgument();
        var group = LockCommand.GroupOption();
        var reason = LockCommand.ReasonOption();
        var force = new Option<bool>("--force") { Description = "Takes the slot of another user's holder; needs --reason. Be sure that the machine is not down." };
        var strict = new Option<bool>("--strict") { Description = "Not holding a slot is an error, as with locksmithctl." };
        var format = LockCommand.FormatOption();
        var zincati = LockCommand.ZincatiOption();
        return new Verb("unlock", "Gives a slot back. Giving it back twice is as good as once.") { id, group, reason, force, strict, format, zincati }
            .Prints(LockJson.Default.UnlockResponse)
            .WithDryRun()
            .WithExample("dom lock unlock", "this machine is up again")
            .WithExample("dom lock unlock 1c09ca98649c4c7abc779cd04c96812e --force --reason 'disk died, machine is off'", "the holder will not come back")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var asLocksmith = LockCommand.IsLocksmith(run, format);
                    var request = new UnlockRequest
                    {
                        Group = run.Value(group) ?? "",
                        Id = LockCommand.IdOf(run, id, zincati),
                        Reason = run.Value(reason) ?? "",
                        Strict = run.Value(strict) || asLocksmith,
                    };
                    if (run.Value(force) && request.Reason.Trim().Length == 0)
                    {
                        throw new CommandException(ExitCode.Usage, LockErrorCode.NoReason, "--force needs --reason", "say how you know that the holder is not down any more");
                    }

                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, request, cancellationToken);
                    }

                    try
                    {
                        var server = run.ConnectToLockManager();
                        var response = run.Value(force)
                            ? await server.CallAsync(
                                LockManagerMethods.ForceUnlock, new ForceUnlockRequest { Group = request.Group, Id = request.Id, Reason = request.Reason }, cancellationToken)
                            : await server.CallAsync(LockManagerMethods.Unlock, request, cancellationToken);
                        run.Output.Document(response, LockJson.Default.UnlockResponse);
                        if (!asLocksmith)
                        {
                            run.Output.Line($"{request.Id} {(response.Released ? "gave its slot of" : "holds no slot of")} {request.Group}{(response.Released ? " back" : "")} ({response.Available} free)");
                        }

                        return ExitCode.Done;
                    }
                    catch (RpcException fault) when (asLocksmith && !run.Output.IsJson)
                    {
                        return await LockCommand.FailAsLocksmithAsync("unlocking", fault);
                    }
                },
                LockCommand.Patience);
    }

    private static async Task<int> LookAsync(CommandRun run, UnlockRequest request, CancellationToken cancellationToken)
    {
        var status = await LockCommand.StatusAsync(run, request.Group, cancellationToken);
        var report = new DryRunReport(run);
        if (status.Holders.Any(h => h.Id == request.Id))
        {
            report.Add(request.Id, $"holds a slot of {status.Group}", "holds none");
        }

        return report.Print($"would unlock {request.Id}");
    }
}
