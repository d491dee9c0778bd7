using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary><c>dom image diff</c>: how two images differ.</summary>
internal static class ImageDiffCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var old = ImageCommand.NameArgument("old", "The first image.");
        var @new = ImageCommand.NameArgument("new", "The second image.");
        return new Verb("diff", $"Lists the paths in which two images differ; returns {ExitCode.Drift} when there are any.") { old, @new }
            .WithExample("dom image diff debian/bookworm/2026-11-19 debian/bookworm/2026-11-20", "what an update would bring")
            .Runs(
                (run, cancellationToken) => DiffAsync(
                    run, ImageCommand.ParseName(run.Value(old)), ImageCommand.ParseName(run.Value(@new)), cancellationToken),
                Limit);
    }

    private static async Task<int> DiffAsync(CommandRun run, ImageName oldName, ImageName newName, CancellationToken cancellationToken)
    {
        var source = ImageCommand.Source(run);
        var old = await DownloadedImage.ReadTreeAsync(source, oldName, cancellationToken);
        var @new = await DownloadedImage.ReadTreeAsync(source, newName, cancellationToken);
        var parts = ManifestParts(old, @new).ToList();
        var differences = TreeDifference.Between(old.Tree, @new.Tree).Select(DifferenceEntry.Of).ToList();
        run.Output.Document(
            new ImageDiffDocument(oldName.ToString(), newName.ToString(), parts, differences), ImageJson.Default.ImageDiffDocument);
        foreach (var part in parts)
        {
            run.Output.Line($"! {part}");
        }

        foreach (var difference in differences)
        {
            run.Output.Line(difference.ToLine());
        }

        return parts.Count + differences.Count == 0 ? ExitCode.Done : ExitCode.Drift;
    }

    private static IEnumerable<string> ManifestParts(DownloadedImage old, DownloadedImage @new)
    {
        if (old.Manifest.Mode != @new.Manifest.Mode)
        {
            yield return "mode";
        }

        if (!old.Manifest.Filter.SequenceEqual(@new.Manifest.Filter))
        {
            yield return "filter";
        }

        if (old.Manifest.CompileTriggers().ToJson() != @new.Manifest.CompileTriggers().ToJson())
        {
            yield return "triggers";
        }

        if (old.Tree.ReadRoot().Links != @new.Tree.ReadRoot().Links)
        {
            yield return "links";
        }
    }
}
