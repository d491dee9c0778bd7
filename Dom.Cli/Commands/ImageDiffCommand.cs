using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Core.Images.Packages;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Cli.Commands;

/// <summary><c>dom image diff</c>: how two images differ, or an image and a directory.</summary>
internal static class ImageDiffCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly string[] Parts = ["files", "filter", "triggers", "packages"];

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var old = ImageCommand.NameArgument("old", "The first image.");
        var @new = ImageCommand.NameArgument("new", "The second image, or a directory (/DIR or ./DIR), which is read under the filter of the first.");
        var only = new Option<string[]>("--only") { Description = "Compares only this: files, filter, triggers, packages; may be repeated.", HelpName = "PART" };
        only.AcceptOnlyFromAmong(Parts);
        return new Verb("diff", $"Lists how two images differ in files, filter, triggers and packages; returns {ExitCode.Drift} when they do.") { old, @new, only }
            .Prints(ImageJson.Default.ImageDiffDocument)
            .WithExample("dom image diff debian/bookworm/2026-11-19 debian/bookworm/2026-11-20", "what an update would bring")
            .WithExample("dom image diff web/7 web/8 --only packages", "which packages change")
            .WithExample("dom image diff web/7 ./root", "how a directory differs from an image")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var parts = run.Value(only) is { Length: > 0 } given ? given : Parts;
                    var first = await ImageSide.OfImageAsync(run, ImageCommand.ParseName(run.Value(old)), cancellationToken);
                    var second = ImageSide.IsDirectory(run.Value(@new))
                        ? await ImageSide.OfDirectoryAsync(run, run.Value(@new), first.Manifest?.CompileFilter() ?? PathFilter.Empty, cancellationToken)
                        : await ImageSide.OfImageAsync(run, ImageCommand.ParseName(run.Value(@new)), cancellationToken);
                    return await DiffAsync(run, first, second, parts, cancellationToken);
                },
                Limit);
    }

    private static async Task<int> DiffAsync(CommandRun run, ImageSide old, ImageSide @new, string[] parts, CancellationToken cancellationToken)
    {
        var document = new ImageDiffDocument(
            old.Name,
            @new.Name,
            [.. ManifestParts(old, @new).Where(p => parts.Contains(p) || (p is "mode" or "links" && parts.Contains("files")) || (p is "health command" && parts.Contains("triggers")))],
            parts.Contains("filter") ? Compare(old, @new, static m => m.Filter) : [],
            parts.Contains("triggers") ? Compare(old, @new, static m => m.Triggers.Select(Describe)) : [],
            parts.Contains("packages") ? await ComparePackagesAsync(old, @new, cancellationToken) : [],
            parts.Contains("files") ? [.. TreeDifference.Between(old.Tree, @new.Tree).Select(DifferenceEntry.Of)] : []);
        run.Output.Document(document, ImageJson.Default.ImageDiffDocument);
        var lines = document.Manifest.Select(static p => $"! {p}")
            .Concat(document.Filter.Select(static c => c.ToLine("filter")))
            .Concat(document.Triggers.Select(static c => c.ToLine("trigger")))
            .Concat(document.Packages.Select(static p => p.ToLine()))
            .Concat(document.Differences.Select(static d => d.ToLine()));
        var isDifferent = false;
        foreach (var line in lines)
        {
            run.Output.Line(line);
            isDifferent = true;
        }

        return isDifferent ? ExitCode.Drift : ExitCode.Done;
    }

    private static IReadOnlyList<LineChange> Compare(ImageSide old, ImageSide @new, Func<Manifest, IEnumerable<string>> lines) =>
        old.Manifest is { } first && @new.Manifest is { } second ? LineChange.Between(lines(first), lines(second)) : [];

    private static async Task<IReadOnlyList<PackageEntry>> ComparePackagesAsync(ImageSide old, ImageSide @new, CancellationToken cancellationToken)
    {
        var before = await old.ReadPackagesAsync(@new, cancellationToken);
        var after = await @new.ReadPackagesAsync(old, cancellationToken);
        return [.. PackageChange.Between(before, after).Select(PackageEntry.Of)];
    }

    private static string Describe(Trigger trigger) =>
        $"{ImageFiles.ActionOf(trigger)} {trigger.Service}{(trigger.HighImpact ? " (high impact)" : "")}"
        + $"{(trigger.SortName.Length > 0 ? $" [{trigger.SortName}]" : "")}: {string.Join(" ", trigger.MatchLines)}";

    private static IEnumerable<string> ManifestParts(ImageSide old, ImageSide @new)
    {
        if (old.Manifest is { } first && @new.Manifest is { } second)
        {
            if (first.Mode != second.Mode)
            {
                yield return "mode";
            }

            if (!first.Filter.SequenceEqual(second.Filter))
            {
                yield return "filter";
            }

            if (first.CompileTriggers().ToJson() != second.CompileTriggers().ToJson())
            {
                yield return "triggers";
            }

            if (first.HealthCommand != second.HealthCommand)
            {
                yield return "health command";
            }
        }

        if (old.Tree.ReadRoot().Links != @new.Tree.ReadRoot().Links)
        {
            yield return "links";
        }
    }
}
