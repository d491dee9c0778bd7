using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb watch</c>: follows the machine list until interrupted, also over restarts of its server.</summary>
internal static class MdbWatchCommand
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var changes = new Option<bool>("--changes") { Description = "Leaves out the list at the start; prints changes only." };
        var verb = new Verb("watch", "Prints the machine list and then each change of it, until interrupted.") { changes }
            .PrintsLines(MdbJson.Default.MdbUpdate)
            .WithExample("dom mdb watch --changes", "which machines come, go and get other images?")
            .WithExample("dom mdb watch --json", "one JSON object a line, for a program")
            .Runs((run, cancellationToken) => FollowAsync(run, run.Value(changes), cancellationToken));
        verb.Aliases.Add("get-updates");
        return verb;
    }

    private static async Task<int> FollowAsync(CommandRun run, bool onlyChanges, CancellationToken cancellationToken)
    {
        var server = run.ConnectToMdbServer();
        var shown = onlyChanges ? null : MachineList.Empty;
        var wait = FirstWait;
        while (true)
        {
            var parts = new MdbAssembler(MachineListLimits.Default);
            try
            {
                await foreach (var part in server.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), cancellationToken))
                {
                    if (parts.Add(part) is { } list)
                    {
                        Print(run.Output, part.Generation, shown ?? list, list);
                        shown = list;
                    }

                    wait = FirstWait;
                }
            }
            catch (RpcException fault) when (shown is { Count: > 0 } && fault.Status is RpcStatus.Unavailable or RpcStatus.DeadlineExceeded)
            {
                run.Output.Note($"{fault.Message}; trying again");
            }

            await Task.Delay(wait, run.Time, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private static void Print(ConsoleOutput output, long generation, MachineList before, MachineList list)
    {
        var changes = MachineListChanges.Between(before, list);
        if (changes.IsEmpty)
        {
            return;
        }

        output.StreamedDocument(
            new MdbUpdate { Generation = generation, Full = before.Count == 0, Machines = changes.Changed, Removed = changes.Removed, Complete = true }, MdbJson.Default.MdbUpdate);
        foreach (var name in changes.Removed)
        {
            output.Line($"- {name}");
        }

        foreach (var machine in changes.Changed)
        {
            output.Line(before.Find(machine.Hostname) is { } old ? $"~ {machine.Hostname}  {Describe(old, machine)}" : $"+ {machine.Hostname}  {machine.RequiredImage}".TrimEnd());
        }
    }

    private static string Describe(Machine old, Machine machine)
    {
        var changes = new List<string>();
        Add("required", old.RequiredImage, machine.RequiredImage);
        Add("planned", old.PlannedImage, machine.PlannedImage);
        Add("updates", old.DisableUpdates ? "disabled" : "enabled", machine.DisableUpdates ? "disabled" : "enabled");
        Add("location", old.Location, machine.Location);
        Add("address", old.IpAddress, machine.IpAddress);
        return changes.Count > 0 ? string.Join(", ", changes) : "tags, owners or source";

        void Add(string field, string before, string after)
        {
            if (before != after)
            {
                changes.Add($"{field} {(before.Length > 0 ? before : "none")} -> {(after.Length > 0 ? after : "none")}");
            }
        }
    }
}
