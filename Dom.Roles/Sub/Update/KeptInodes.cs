using System.Buffers;
using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Writing;

namespace Dom.Roles.Sub.Update;

/// <summary>Makes files ready for the way back from those that were kept.</summary>
/// <remarks>
/// Where owner, mode and attributes are those that are wanted, the very inode gets its name back: nothing is copied, so that a full disk is no obstacle, and
/// whoever has it open can do no more than he could before it was replaced. Otherwise its content is copied to a new inode. Either way it is read and
/// verified first. Safe for several threads.
/// </remarks>
internal sealed class KeptInodes(PreviousFiles previous, StagingArea staging, FileSystemAbilities? abilities)
{
    private const int BufferSize = 128 * 1024;

    private readonly HashSet<ObjectId> _given = [];

    /// <summary>Stages a file from what was kept; false when its content was not, or is not what it was.</summary>
    public bool TryStage(byte[] name, in Inode wanted, InodeWriter writer)
    {
        if (!previous.TryFind(wanted.Content, out var area, out var keptName))
        {
            return false;
        }

        using (area)
        {
            try
            {
                if (!TryGiveBack(area!, keptName, name, wanted))
                {
                    using var source = area!.OpenFile(keptName);
                    writer.WriteFile(staging.Directory, name, wanted, wanted.Content, (long)wanted.Size, source);
                }

                return true;
            }
            catch (CorruptContentException)
            {
                // Somebody had it open and wrote to it. The content may still be found elsewhere.
                previous.Remove(wanted.Content);
                return false;
            }
        }
    }

    private bool TryGiveBack(DirectoryHandle area, byte[] keptName, byte[] name, in Inode wanted)
    {
        var status = area.GetStatus(keptName);
        if (status is not { Kind: FileKind.Regular, Links: 1 } || status.Owner != wanted.Uid || status.Group != wanted.Gid || status.Permissions != wanted.Mode
            || !HasAttributes(area, keptName, wanted) || !MayGive(wanted.Content))
        {
            return false;
        }

        Verify(area, keptName, wanted);
        FailPoint.Pass(FailPoint.PreviousLink);
        area.Link(keptName, staging.Directory, name);
        if (wanted.HasMtime)
        {
            // For the last step of what the file system can hold, writing and comparing agree.
            InodeMetadata.Set(staging.Directory, name, wanted, abilities);
        }

        FailPoint.Pass(FailPoint.PreviousLinked);
        return true;
    }

    /// <summary>Two files of the same content are two inodes: the first gets the one that was kept.</summary>
    private bool MayGive(ObjectId content)
    {
        lock (_given)
        {
            return _given.Add(content);
        }
    }

    private static bool HasAttributes(DirectoryHandle area, byte[] name, in Inode wanted) =>
        new AttributeReader().Read(area, name, out var attributes) == Errno.None && attributes.Span.SequenceEqual(wanted.Xattrs.Span);

    private static void Verify(DirectoryHandle area, byte[] name, in Inode wanted)
    {
        using var file = area.OpenFile(name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            ulong size = 0;
            int count;
            while ((count = file.Read(buffer)) > 0 && size <= wanted.Size)
            {
                hash.AppendData(buffer, 0, count);
                size += (ulong)count;
            }

            Span<byte> digest = stackalloc byte[ObjectId.Size];
            hash.GetHashAndReset(digest);
            if (size != wanted.Size || new ObjectId(digest) != wanted.Content)
            {
                throw new CorruptContentException(wanted.Content, "it was changed after it was replaced");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
