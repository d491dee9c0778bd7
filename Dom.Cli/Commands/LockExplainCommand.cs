using System.CommandLine;
using Dom.Core.Contracts.LockManager;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock explain</c>: why somebody has no slot.</summary>
internal static class LockExplainCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var id = LockCommand.IdArgument();
        var group = LockCommand.GroupOption();
        var zincati = LockCommand.ZincatiOption();
        return new Verb("explain", "Says why somebody has no slot: full, frozen, outside the windows, place in the queue. Changes nothing.") { id, group, zincati }
            .Prints(LockJson.Default.LockExplainDocument)
            .WithExample("dom lock explain", "why does this machine not reboot?")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var status = await LockCommand.StatusAsync(run, run.Value(group) ?? "", cancellationToken);
                    var document = Explain(status, LockCommand.IdOf(run, id, zincati));
                    run.Output.Document(document, LockJson.Default.LockExplainDocument);
                    run.Output.Line(document.Explanation);
                    return document.Holds || document.Kind.Length == 0 ? ExitCode.Done : ExitCode.Refused;
                },
                LockCommand.Patience);
    }

    private static LockExplainDocument Explain(LockGroupStatus group, string id)
    {
        if (group.Holders.FirstOrDefault(h => h.Id == id) is { } holder)
        {
            return new(group.Group, id, true, 0, "held_by_it", $"{id} holds a slot of {group.Group}{(holder.Since is { } since ? $" since {Amounts.Moment(since)}" : "")}");
        }

        var place = group.Waiting.FirstOrDefault(w => w.Id == id)?.Place ?? 0;
        var before = place > 0 ? place - 1 : group.Waiting.Count;
        var queue = place > 0 ? $"its place in the queue is {place}" : group.Waiting.Count > 0 ? $"{group.Waiting.Count} asked before it" : "nobody waits before it";
        if (group.ObstacleKind.Length > 0)
        {
            return new(group.Group, id, false, place, group.ObstacleKind, $"{group.Obstacle}; {queue}");
        }

        if (group.Available <= 0)
        {
            var who = string.Join(", ", group.Holders.Take(3).Select(static h => h.Id));
            return new(group.Group, id, false, place, LockErrorCode.LockHeld, $"no slot of {group.Group} is free ({group.Holders.Count} of {group.Max} are held{(who.Length > 0 ? $", by {who}" : "")}); {queue}");
        }

        return group.Available <= before
            ? new(group.Group, id, false, place, LockErrorCode.LockHeld, $"the free slots of {group.Group} are kept for those who asked first; {queue}")
            : new(group.Group, id, false, place, "", $"{id} would get a slot of {group.Group} if it asked now; {queue}");
    }
}
