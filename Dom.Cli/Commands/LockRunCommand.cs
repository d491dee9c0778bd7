using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Linux;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock run</c>: runs a command while a slot is held.</summary>
internal static class LockRunCommand
{
    private const int Terminate = 15;
    private static readonly TimeSpan ToRelease = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var command = new Argument<string[]>("command") { Description = "The program and its arguments, behind --.", HelpName = "COMMAND", Arity = ArgumentArity.OneOrMore };
        var group = LockCommand.GroupOption();
        var id = new Option<string>("--id") { Description = "The name of the holder; without it host name and process number.", HelpName = "ID" };
        var reason = LockCommand.ReasonOption();
        var expected = new Option<string>("--for") { Description = "How long the command will run; longer is an alarm.", HelpName = "TIME" };
        var wait = new Option<string>("--wait") { Description = "Waits up to this long for a slot.", HelpName = "TIME", DefaultValueFactory = static _ => "1d" };
        return new Verb("run", "Waits for a slot, runs a command, gives the slot back; returns what the command returns. Signals go to the command.") { command, group, id, reason, expected, wait }
            .Prints(LockJson.Default.LockRunDocument)
            .WithExample("dom lock run --group db -- /usr/local/bin/compact", "one compaction at a time in the fleet")
            .Runs(async (run, cancellationToken) =>
            {
                var words = run.Value(command);
                var request = new LockRequest
                {
                    Group = run.Value(group) ?? "",
                    Id = run.Value(id) ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}"),
                    Reason = run.Value(reason) is { Length: > 0 } why ? why : Path.GetFileName(words[0]),
                    Expected = LockCommand.DurationOf(run, expected),
                    Wait = LockCommand.DurationOf(run, wait),
                };
                var grant = 0L;
                var code = ExitCode.Failed;
                bool released;
                try
                {
                    grant = (await LockCommand.TakeAsync(run, request, cancellationToken)).Grant;
                    code = await ExecuteAsync(words, run.Output.IsJson, cancellationToken);
                }
                finally
                {
                    released = await ReleaseAsync(run, request);
                }

                run.Output.Document(new LockRunDocument(request.Group, request.Id, grant, code, released), LockJson.Default.LockRunDocument);
                return code == 0 && !released ? ExitCode.Partial : code;
            });
    }

    /// <summary>Also after a signal, and when the answer to the lock was lost: giving back what is not held is no error.</summary>
    private static async Task<bool> ReleaseAsync(CommandRun run, LockRequest request)
    {
        using var limit = new CancellationTokenSource(ToRelease, run.Time);
        while (true)
        {
            try
            {
                await run.ConnectToLockManager().CallAsync(LockManagerMethods.Unlock, new UnlockRequest { Group = request.Group, Id = request.Id }, limit.Token);
                return true;
            }
            catch (RpcException fault) when (fault.Status is RpcStatus.Unavailable && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), run.Time, CancellationToken.None);
            }
            catch (Exception fault) when (fault is RpcException or OperationCanceledException)
            {
                run.Output.Note($"the slot of {request.Group} could not be given back: {fault.Message}; `dom lock unlock {request.Id} --group {request.Group}` does it later");
                return false;
            }
        }
    }

    private static async Task<int> ExecuteAsync(string[] words, bool toError, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = toError })
                ?? throw new CommandException(ExitCode.Failed, "NotStarted", $"{words[0]} did not start");
            var copying = toError ? process.StandardOutput.BaseStream.CopyToAsync(Console.OpenStandardError(), CancellationToken.None) : Task.CompletedTask;

            // Ctrl-C reaches the command by itself; a signal that was sent to this process alone does not.
            await using var forward = cancellationToken.Register(() => ProcessControl.Signal(process.Id, Terminate));
            await process.WaitForExitAsync(CancellationToken.None);
            await copying;
            return process.ExitCode;
        }
        catch (Win32Exception fault)
        {
            throw new CommandException(ExitCode.NotFound, "NotStarted", $"cannot run {words[0]}: {fault.Message}", "check the path and its permissions");
        }
    }
}
