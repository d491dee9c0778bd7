using System.CommandLine;
using System.Globalization;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock set-max</c>: how many may hold at once.</summary>
internal static class LockSetMaxCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var max = new Argument<string>("max") { Description = "A number, or a share of the group's machines such as 30%; 0 closes the group.", HelpName = "MAX" };
        var group = LockCommand.GroupOption();
        var reason = LockCommand.ReasonOption();
        var yes = new Option<bool>("--yes") { Description = "0 is meant: nothing is granted any more." };
        var format = LockCommand.FormatOption();
        return new Verb("set-max", "Sets how many may hold a slot at once; it counts now. Fewer than hold evict nobody.") { max, group, reason, yes, format }
            .Prints(LockJson.Default.SetMaxResponse)
            .WithDryRun()
            .WithExample("dom lock set-max 4", "four machines may be down")
            .WithExample("dom lock set-max 10% --group web", "a tenth of the machines of group web, at least one")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var asLocksmith = LockCommand.IsLocksmith(run, format);
                    var request = new SetMaxRequest { Group = run.Value(group) ?? "", Max = run.Value(max), Reason = run.Value(reason) ?? "" };
                    if (asLocksmith && !int.TryParse(request.Max, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                    {
                        await Console.Error.WriteLineAsync($"Invalid maximum value: {request.Max}");
                        return ExitCode.Failed;
                    }

                    if (!asLocksmith && request.Max.Trim('0').Length == 0 && request.Max.Length > 0 && !run.Value(yes) && !run.IsDryRun)
                    {
                        throw new CommandException(ExitCode.Usage, "NotConfirmed", "0 closes the group: nothing is granted any more", "add --yes when that is meant; `dom lock freeze` closes it for a time, with a reason");
                    }

                    if (run.IsDryRun)
                    {
                        var status = await LockCommand.StatusAsync(run, request.Group, cancellationToken);
                        var report = new DryRunReport(run);
                        if (status.Limit != request.Max)
                        {
                            report.Add(status.Group, $"max {status.Limit}", $"max {request.Max}");
                        }

                        return report.Print($"would set the limit of {status.Group}");
                    }

                    return await SetAsync(run, request, asLocksmith, cancellationToken);
                },
                LockCommand.Patience);
    }

    private static async Task<int> SetAsync(CommandRun run, SetMaxRequest request, bool asLocksmith, CancellationToken cancellationToken)
    {
        try
        {
            var response = await run.ConnectToLockManager().CallAsync(LockManagerMethods.SetMax, request, cancellationToken);
            run.Output.Document(response, LockJson.Default.SetMaxResponse);
            if (asLocksmith)
            {
                run.Output.Line($"Old-Max: {response.OldMax}");
                run.Output.Line($"Max: {response.NewMax}");
                return ExitCode.Done;
            }

            run.Output.Line($"Old: {Describe(response.OldLimit, response.OldMax)}");
            run.Output.Line($"New: {Describe(response.NewLimit, response.NewMax)}");
            if (response.Over > 0)
            {
                run.Output.Note($"over by {response.Over}: nobody is evicted, and nothing is granted until enough have left");
            }

            return ExitCode.Done;
        }
        catch (RpcException fault) when (asLocksmith && !run.Output.IsJson)
        {
            await Console.Error.WriteLineAsync($"Error setting value: {fault.Message}");
            return ExitCode.Failed;
        }
    }

    private static string Describe(string limit, int max) => limit.EndsWith('%') ? $"{max} ({limit})" : max.ToString(CultureInfo.InvariantCulture);
}
