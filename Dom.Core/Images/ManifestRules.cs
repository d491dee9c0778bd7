using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Core.Images;

/// <summary>The rules of a manifest, checked when one is made and when one comes in.</summary>
internal static class ManifestRules
{
    private const int MaxFilterLines = 10_000;
    private const int MaxTriggers = 1_000;
    private const int MaxComputedPaths = 10_000;
    private const int MaxTags = 1_000;
    private const int MaxOwners = 1_000;
    private const int MaxWord = 1024;
    private const int MaxCommand = 4096;
    private const int MaxNotes = 64 * 1024;

    /// <summary>Throws <see cref="ManifestException"/> for the first rule that is broken.</summary>
    internal static void Check(Manifest manifest, int encodedBytes)
    {
        Require(encodedBytes <= Manifest.MaxBytes, $"it has {encodedBytes} bytes, at most {Manifest.MaxBytes} are allowed");
        Require(
            manifest.Format == Manifest.CurrentFormat,
            $"it has format {manifest.Format}, this program reads {Manifest.CurrentFormat}; use a newer release of dom");
        Require(!manifest.Root.IsNone, "it has no root digest");
        Require(Enum.IsDefined(manifest.Mode), $"its mode {(int)manifest.Mode} is unknown");
        Require(
            manifest is { Inodes: >= 0, Directories: >= 0, Files: >= 0, Bytes: >= 0 } && manifest.Directories + manifest.Files <= manifest.Inodes,
            "its totals contradict each other");
        Require(manifest.BuildLogBytes >= 0 && manifest.BuildLog.IsNone == (manifest.BuildLogBytes == 0), "its build log has a digest without a size, or a size without a digest");
        CheckWords(manifest);
        CheckFilter(manifest.Filter);
        CheckTriggers(manifest.Triggers);
        CheckComputedPaths(manifest.ComputedPaths);
    }

    private static void CheckWords(Manifest manifest)
    {
        Require(manifest.Tags.Count <= MaxTags, $"it has {manifest.Tags.Count} tags, at most {MaxTags} are allowed");
        foreach (var (key, value) in manifest.Tags)
        {
            Require(key.Length is > 0 and <= MaxWord && value.Length <= MaxWord, "it has a tag that is empty or too long");
        }

        Require(manifest.OwnerUsers.Count + manifest.OwnerGroups.Count <= MaxOwners, $"it has more than {MaxOwners} owners");
        foreach (var owner in manifest.OwnerUsers.Concat(manifest.OwnerGroups).Append(manifest.CreatedBy).Append(manifest.CreatedFor).Append(manifest.Source))
        {
            Require(owner.Length <= MaxWord, $"it has a user, group or source of more than {MaxWord} characters");
        }

        Require(manifest.HealthCommand.Length <= MaxCommand, $"its health command has more than {MaxCommand} characters");
        Require(!manifest.HealthCommand.Any(char.IsControl), "its health command has a control character: write one line");
        Require(manifest.Notes.Length <= MaxNotes, $"its notes have more than {MaxNotes} characters");
    }

    private static void CheckFilter(IReadOnlyList<string> lines)
    {
        Require(lines.Count <= MaxFilterLines, $"its filter has {lines.Count} lines, at most {MaxFilterLines} are allowed");
        try
        {
            PathFilter.FromLines(lines);
        }
        catch (PathFilterException e)
        {
            throw new ManifestException($"the manifest is refused: {e.Message}", e);
        }
    }

    private static void CheckTriggers(IReadOnlyList<Trigger> triggers)
    {
        Require(triggers.Count <= MaxTriggers, $"it has {triggers.Count} triggers, at most {MaxTriggers} are allowed");
        try
        {
            TriggerSet.Of(triggers);
        }
        catch (TriggerException e)
        {
            throw new ManifestException($"the manifest is refused: {e.Message}", e);
        }
    }

    private static void CheckComputedPaths(IReadOnlyList<ComputedPath> paths)
    {
        Require(paths.Count <= MaxComputedPaths, $"it has {paths.Count} computed paths, at most {MaxComputedPaths} are allowed");
        foreach (var path in paths)
        {
            Require(path.Path.IsAbsolute, $"its computed path '{path.Path}' is not absolute");
            Require(path.Source.Length <= MaxWord, $"the source of its computed path '{path.Path}' is too long");
        }
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw new ManifestException($"the manifest is refused: {fault}");
        }
    }
}
