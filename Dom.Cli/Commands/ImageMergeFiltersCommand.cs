using System.CommandLine;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary><c>dom image merge-filters</c>: one filter of several.</summary>
internal static class ImageMergeFiltersCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("files") { Description = "Filter files.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        return new Verb("merge-filters", "Prints the filter that leaves alone what any of several filters leaves alone: each line once, without comments.") { files }
            .Prints(ImageJson.Default.FilterDocument)
            .WithExample("dom image merge-filters base.filter web.filter > filter", "a stream's filter from shared parts")
            .Runs((run, _) => Task.FromResult(Merge(run, run.Value(files))));
    }

    private static int Merge(CommandRun run, string[] files)
    {
        var filters = files.Select(file => ImageFiles.ReadFilter(run, file)).ToList();
        if (filters.Exists(f => f.IsInverted))
        {
            throw new CommandException(
                ExitCode.Usage,
                "Inverted",
                $"'{files[filters.FindIndex(static f => f.IsInverted)]}' is inverted by a line '!': what it and others leave alone cannot be said in one filter",
                "merge filters that are not inverted");
        }

        var lines = filters.SelectMany(static f => f.Lines).Where(static l => l.Length > 0 && l[0] != '#').Distinct().ToList();
        run.Output.Document(new FilterDocument(lines), ImageJson.Default.FilterDocument);
        lines.ForEach(run.Output.Line);
        return ExitCode.Done;
    }
}
