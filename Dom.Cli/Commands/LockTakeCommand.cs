using System.CommandLine;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock take</c>, also written <c>dom lock lock</c>: takes a slot, or waits for one.</summary>
internal static class LockTakeCommand
{
    private static readonly TimeSpan ToLeave = TimeSpan.FromSeconds(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var id = LockCommand.IdArgument();
        var group = LockCommand.GroupOption();
        var reason = LockCommand.ReasonOption();
        var expected = new Option<string>("--for") { Description = "How long the slot will be held; longer is an alarm and by itself frees nothing.", HelpName = "TIME" };
        var wait = new Option<string>("--wait") { Description = "Waits up to this long for a slot, such as 2h; without it a refusal comes at once.", HelpName = "TIME" };
        var strict = new Option<bool>("--strict") { Description = "Holding a slot already is an error, as with locksmithctl." };
        var format = LockCommand.FormatOption();
        var zincati = LockCommand.ZincatiOption();
        return new Verb("take", "Takes a slot, or waits for one; also written `dom lock lock`. Taking it twice is as good as once.") { id, group, reason, expected, wait, strict, format, zincati }
            .Prints(LockJson.Default.LockResponse)
            .WithExample("dom lock take --reason 'kernel 6.12' --for 15min", "this machine is going down")
            .WithExample("dom lock take backup --group db --wait 2h", "wait for a turn")
            .Runs(async (run, cancellationToken) =>
            {
                var asLocksmith = LockCommand.IsLocksmith(run, format);
                var request = new LockRequest
                {
                    Group = run.Value(group) ?? "",
                    Id = LockCommand.IdOf(run, id, zincati),
                    Reason = run.Value(reason) ?? "",
                    Expected = LockCommand.DurationOf(run, expected),
                    Wait = LockCommand.DurationOf(run, wait),
                    Strict = run.Value(strict) || asLocksmith,
                };
                try
                {
                    var response = await LockCommand.TakeAsync(run, request, cancellationToken);
                    run.Output.Document(response, LockJson.Default.LockResponse);
                    if (!asLocksmith)
                    {
                        run.Output.Line($"{request.Id} {(response.AlreadyHeld ? "holds a slot of" : "got a slot of")} {request.Group} (grant {response.Grant}, {response.Available} free)");
                    }

                    return ExitCode.Done;
                }
                catch (RpcException fault) when (asLocksmith && !run.Output.IsJson)
                {
                    return await LockCommand.FailAsLocksmithAsync("locking", fault);
                }
                catch (OperationCanceledException) when (request.Wait > TimeSpan.Zero)
                {
                    await LeaveAsync(run, request);
                    throw;
                }
            });
    }

    /// <summary>Who stops waiting gives up the place, and the slot that may have come at that very moment.</summary>
    private static async Task LeaveAsync(CommandRun run, LockRequest request)
    {
        using var limit = new CancellationTokenSource(ToLeave, run.Time);
        try
        {
            await run.ConnectToLockManager().CallAsync(LockManagerMethods.Unlock, new UnlockRequest { Group = request.Group, Id = request.Id, Reason = "stopped waiting" }, limit.Token);
        }
        catch (Exception fault) when (fault is RpcException or OperationCanceledException)
        {
            run.Output.Note($"the place in the queue is kept: {fault.Message}");
        }
    }
}
