using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Comparison;

/// <summary>
/// Rule 13's id: SHA-256 over <c>[manifest, computed set, [kind, path, old, new, link target]…]</c>, old and new being the inodes as in directory
/// blocks, without names, and directories without their content. So a change anywhere else leaves the id as it is.
/// </summary>
internal static class PlanId
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>The id of these steps; none when there are none.</summary>
    public static ObjectId Of(ObjectId manifest, ObjectId computed, ImmutableArray<PlanStep> steps, IReadOnlyList<UnixPath> linkTargets)
    {
        if (steps.IsEmpty)
        {
            return default;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(3);
        writer.Write(manifest);
        writer.Write(computed);
        writer.WriteArrayHeader(steps.Length);
        foreach (ref readonly var step in steps.AsSpan())
        {
            writer.WriteArrayHeader(5);
            writer.Write((uint)step.Kind);
            writer.WriteBinary(step.Path.Span);
            WriteInode(ref writer, step.Old);
            WriteInode(ref writer, step.New);
            writer.WriteBinary(step.LinkTarget < 0 ? default : linkTargets[step.LinkTarget].Span);
            writer.Flush();
            if (buffer.WrittenCount >= FlushBytes)
            {
                hash.AppendData(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
                writer = new MessagePackWriter(buffer);
            }
        }

        hash.AppendData(buffer.WrittenSpan);
        return new ObjectId(hash.GetHashAndReset());
    }

    private static void WriteInode(ref MessagePackWriter writer, EntryRef entry)
    {
        if (entry.IsNone)
        {
            writer.WriteNil();
            return;
        }

        var inode = entry.ReadInode();
        DirectoryBlock.WriteEntry(ref writer, default, inode.Kind == InodeKind.Directory ? inode with { Content = default } : inode);
    }
}
