using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Trees.Triggers;

namespace Dom.Cli.Commands;

/// <summary><c>dom image merge-triggers</c>: one trigger file of several.</summary>
internal static class ImageMergeTriggersCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("files") { Description = "Trigger files.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        return new Verb("merge-triggers", "Prints the triggers of several files as one: merged by service and kind of action, in their order.") { files }
            .Prints(ImageJson.Default.TriggersDocument)
            .WithExample("dom image merge-triggers base.json web.json > triggers.json", "a stream's triggers from shared parts")
            .Runs((run, _) => Task.FromResult(Merge(run, run.Value(files))));
    }

    private static int Merge(CommandRun run, string[] files)
    {
        var merged = TriggerSet.Union([.. files.Select(ImageFiles.ReadTriggers)]);
        if (run.Output.IsJson)
        {
            // A file that leaves the sort name out leaves null behind.
            run.Output.Document(new TriggersDocument([.. merged.Triggers.Select(static t => t with { SortName = t.SortName ?? "" })]), ImageJson.Default.TriggersDocument);
        }
        else
        {
            run.Output.Raw(merged.ToJson());
        }

        return ExitCode.Done;
    }
}
