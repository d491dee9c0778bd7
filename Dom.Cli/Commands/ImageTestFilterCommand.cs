using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Linux;
using Dom.Core.Trees.Filters;

namespace Dom.Cli.Commands;

/// <summary><c>dom image test-filter</c>: what a filter says of paths.</summary>
internal static class ImageTestFilterCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var paths = ImageFiles.PathsArgument();
        var rules = new ImageRulesOptions("filter");
        return new Verb("test-filter", "Says of paths whether a filter leaves them alone, and which line of it decides.") { paths, rules.File, rules.Image }
            .Prints(ImageJson.Default.FilterTestDocument)
            .WithExample("dom image test-filter --filter filter /etc/fstab /home/lisa/notes", "before an image is pushed")
            .WithExample("dom image test-filter --image web/7 /var/log/syslog", "the filter of an image")
            .Runs(async (run, cancellationToken) =>
            {
                var filter = rules.FileOf(run) is { } file
                    ? ImageFiles.ReadFilter(run, file)
                    : (await rules.ReadManifestAsync(run, cancellationToken)).CompileFilter();
                return Show(run, filter, ImageFiles.ReadPathArguments(run.Value(paths)), cancellationToken);
            });
    }

    private static int Show(CommandRun run, PathFilter filter, IEnumerable<UnixPath> paths, CancellationToken cancellationToken)
    {
        var entries = new List<FilterTestEntry>();
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(Describe(filter, FilterVerdict.Of(filter, path)));
        }

        run.Output.Document(new FilterTestDocument(filter.IsInverted, entries), ImageJson.Default.FilterTestDocument);
        foreach (var entry in entries)
        {
            run.Output.Line($"{(entry.Filtered ? "left alone" : "managed"),-10} {entry.Path}: {entry.Why}");
        }

        return ExitCode.Done;
    }

    private static FilterTestEntry Describe(PathFilter filter, FilterVerdict verdict)
    {
        var expression = verdict.Line is { } line ? filter.Lines[line - 1] : null;
        var what = verdict.At == verdict.Path ? "" : $"{verdict.At}: ";
        var why = expression is not null ? $"{what}line {verdict.Line} matches: {expression}" : $"{what}no line matches";
        why += filter.IsInverted ? "; the filter is inverted, only what matches is managed" : "";
        return new FilterTestEntry(verdict.Path.ToString(), verdict.IsFiltered, verdict.At.ToString(), verdict.Line, expression, why);
    }
}
