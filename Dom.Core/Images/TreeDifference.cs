using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>One path in which two trees differ.</summary>
/// <param name="Path">The path.</param>
/// <param name="Old">What the first tree has; kind none for nothing.</param>
/// <param name="New">What the second tree has; kind none for nothing.</param>
public readonly record struct TreeDifference(UnixPath Path, Inode Old, Inode New)
{
    /// <summary>Compares two trees; equal subtrees are skipped by their digests. In the order of a walk, directories before what they hold.</summary>
    /// <remarks>A removed or added directory is named with all that it holds. How names are linked to each other is not compared.</remarks>
    public static IEnumerable<TreeDifference> Between(FileTree old, FileTree @new)
    {
        var oldRoot = old.ReadRoot().Directory;
        var newRoot = @new.ReadRoot().Directory;
        if (!oldRoot.SameMetadata(newRoot))
        {
            yield return new TreeDifference(UnixPath.Root, oldRoot, newRoot);
        }

        foreach (var difference in Directories(old, oldRoot.Content, @new, newRoot.Content, UnixPath.Root))
        {
            yield return difference;
        }
    }

    private static IEnumerable<TreeDifference> Directories(FileTree old, ObjectId oldDirectory, FileTree @new, ObjectId newDirectory, UnixPath path)
    {
        if (oldDirectory == newDirectory)
        {
            yield break;
        }

        var left = oldDirectory.IsNone ? [] : DirectoryContents.Read(old.Blocks, oldDirectory);
        var right = newDirectory.IsNone ? [] : DirectoryContents.Read(@new.Blocks, newDirectory);
        for (int i = 0, j = 0; i < left.Length || j < right.Length;)
        {
            var order = i == left.Length ? 1 : j == right.Length ? -1 : left[i].Name.Span.SequenceCompareTo(right[j].Name.Span);
            var before = order <= 0 ? left[i++] : default;
            var after = order >= 0 ? right[j++] : default;
            var at = path.Join((before.IsNone ? after : before).Name.Span);
            var (was, becomes) = (before.ReadInode(), after.ReadInode());
            if (was.Kind != becomes.Kind || !was.SameContent(becomes) || !was.SameMetadata(becomes))
            {
                yield return new TreeDifference(at, was, becomes);
            }

            foreach (var below in Directories(old, DirectoryOf(was), @new, DirectoryOf(becomes), at))
            {
                yield return below;
            }
        }
    }

    private static ObjectId DirectoryOf(in Inode inode) => inode.Kind == InodeKind.Directory ? inode.Content : default;
}
