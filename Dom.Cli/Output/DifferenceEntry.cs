using Dom.Core.Images;
using Dom.Core.Trees;

namespace Dom.Cli.Output;

/// <summary>One path in which two images differ.</summary>
/// <param name="Path">The path.</param>
/// <param name="Change"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="What">What changed: <c>kind</c>, <c>content</c>, <c>mode</c>, <c>owner</c>, <c>attributes</c>, <c>time</c>.</param>
/// <param name="Old">What the first image has.</param>
/// <param name="New">What the second image has.</param>
internal sealed record DifferenceEntry(string Path, string Change, IReadOnlyList<string> What, TreeEntry? Old, TreeEntry? New)
{
    /// <summary>Describes a difference.</summary>
    public static DifferenceEntry Of(TreeDifference difference)
    {
        var (path, old, @new) = difference;
        var change = old.Kind == InodeKind.None ? "added" : @new.Kind == InodeKind.None ? "removed" : "changed";
        return new DifferenceEntry(
            path.ToString(),
            change,
            change == "changed" ? [.. Parts(old, @new)] : [],
            old.Kind == InodeKind.None ? null : TreeEntry.Of(path, old),
            @new.Kind == InodeKind.None ? null : TreeEntry.Of(path, @new));
    }

    /// <summary>One line: <c>+ path</c>, <c>- path</c> or <c>~ path (what)</c>.</summary>
    public string ToLine() => Change switch
    {
        "added" => $"+ {Path}",
        "removed" => $"- {Path}",
        _ => $"~ {Path} ({string.Join(", ", What)})",
    };

    private static IEnumerable<string> Parts(Inode old, Inode @new)
    {
        if (old.Kind != @new.Kind)
        {
            yield return "kind";
            yield break;
        }

        if (!old.SameContent(@new))
        {
            yield return "content";
        }

        if (old.Mode != @new.Mode)
        {
            yield return "mode";
        }

        if (old.Uid != @new.Uid || old.Gid != @new.Gid)
        {
            yield return "owner";
        }

        if (!old.SameXattrs(@new))
        {
            yield return "attributes";
        }

        if (old.HasMtime && (old.MtimeSeconds != @new.MtimeSeconds || old.MtimeNanoseconds != @new.MtimeNanoseconds))
        {
            yield return "time";
        }
    }
}
