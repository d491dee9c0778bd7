using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Linux;
using Dom.Core.Trees.Triggers;

namespace Dom.Cli.Commands;

/// <summary><c>dom image match-triggers</c>: what a change of paths would do to services.</summary>
internal static class ImageMatchTriggersCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var paths = ImageFiles.PathsArgument();
        var rules = new ImageRulesOptions("triggers");
        return new Verb("match-triggers", "Lists the triggers that a change of these paths would run, in their order.") { paths, rules.File, rules.Image }
            .Prints(ImageJson.Default.TriggerMatchDocument)
            .WithExample("dom image match-triggers --triggers triggers.json /etc/ssh/sshd_config", "before an image is pushed")
            .WithExample("dom image diff web/7 web/8 --only files | cut -c3- | cut -d' ' -f1 | dom image match-triggers --image web/8 -", "what an update would restart")
            .Runs(async (run, cancellationToken) =>
            {
                var triggers = rules.FileOf(run) is { } file
                    ? ImageFiles.ReadTriggers(file)
                    : (await rules.ReadManifestAsync(run, cancellationToken)).CompileTriggers();
                return Show(run, triggers, [.. ImageFiles.ReadPathArguments(run.Value(paths))]);
            });
    }

    private static int Show(CommandRun run, TriggerSet triggers, UnixPath[] paths)
    {
        var matches = triggers.Triggers.ToDictionary(static t => t, static _ => new List<string>());
        foreach (var path in paths)
        {
            foreach (var trigger in triggers.Matching(path.Span))
            {
                matches[trigger].Add(path.ToString());
            }
        }

        var entries = matches.Where(static m => m.Value.Count > 0)
            .Select(static m => new TriggerMatchEntry(m.Key.Service, ImageFiles.ActionOf(m.Key), m.Key.HighImpact, m.Value)).ToList();
        run.Output.Document(new TriggerMatchDocument(entries), ImageJson.Default.TriggerMatchDocument);
        foreach (var entry in entries)
        {
            run.Output.Line($"{entry.Action} {entry.Service}{(entry.HighImpact ? " (high impact)" : "")}: {string.Join(" ", entry.Paths)}");
        }

        if (entries.Count == 0)
        {
            run.Output.Note("no trigger matches");
        }

        return ExitCode.Done;
    }
}
