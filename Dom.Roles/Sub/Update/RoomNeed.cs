using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Writing;
using Dom.Roles.Pages;

namespace Dom.Roles.Sub.Update;

/// <summary>What fetching and preparing take of a file system before the swap gives anything back.</summary>
/// <param name="Bytes">Bytes, in whole blocks.</param>
/// <param name="Inodes">Inodes.</param>
internal readonly record struct RoomNeed(long Bytes, long Inodes)
{
    /// <summary>Blocks of ext4, XFS and btrfs; with larger ones the margin has to do.</summary>
    private const long Block = 4096;

    /// <summary>Marks, blocks of directories and the beginning of the journal. On a small file system it is a 64th, so that one is not useless.</summary>
    private const long MostSpareBytes = 16 << 20;
    private const long MostSpareInodes = 1000;
    private const int SparePart = 64;

    /// <summary>One step in the journal: its path and both inodes, generously.</summary>
    private const long JournalBytes = 512;

    /// <summary>The store has a directory for each first byte of a digest.</summary>
    private const int StoreDirectories = 256;

    /// <summary>True when there is nothing to make: what only removes and changes in place needs no room.</summary>
    private bool IsNothing => Bytes == 0 && Inodes == 0;

    /// <summary>What bringing contents into a store takes. The beginning that an earlier fetch left has its blocks already.</summary>
    public static RoomNeed OfFetch(IReadOnlyCollection<NeededObject> missing, FileObjectStore store)
    {
        var directories = Math.Min(missing.Count, StoreDirectories);
        var bytes = directories * Block;
        foreach (var needed in missing)
        {
            bytes += Math.Max(0, InBlocks(needed.Size) - store.GetPartialBlocks(needed.Id));
        }

        return new RoomNeed(bytes, missing.Count + directories);
    }

    /// <summary>What making the new inodes of a plan ready takes, beside the old ones.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="clones">True where a copy shares the blocks of its original.</param>
    /// <param name="isKept">Contents whose very file is put back; null for none.</param>
    public static RoomNeed OfStaging(Plan plan, bool clones, Func<ObjectId, bool>? isKept)
    {
        var need = default(RoomNeed);
        foreach (ref readonly var step in plan.Steps.AsSpan())
        {
            if (!BringsInode(step))
            {
                continue;
            }

            var inode = plan.ReadNew(step);
            var isFile = inode.Kind is InodeKind.Regular or InodeKind.Computed;
            if (isFile && inode.Size > 0 && isKept?.Invoke(inode.Content) == true)
            {
                continue;
            }

            need += new RoomNeed((isFile ? clones ? 0 : InBlocks((long)inode.Size) : Block) + JournalBytes, 1);
        }

        return need;
    }

    /// <summary>Both together.</summary>
    public static RoomNeed operator +(RoomNeed one, RoomNeed other) => new(one.Bytes + other.Bytes, one.Inodes + other.Inodes);

    /// <summary>Why a file system has too little room, for people; null when it has enough.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="takesReserve">
    /// True to take what is reserved for root as well, and the margin: only for the way back, since half a machine is worse than a full disk. Otherwise the
    /// reserve stays for root's own repairs although the sub is root, too. Linux reserves no inodes.
    /// </param>
    public string? ShortageOn(in FileSystemStatus disk, bool takesReserve = false)
    {
        if (IsNothing)
        {
            return null;
        }

        var (bytes, free) = takesReserve ? (Bytes, disk.FreeBytesOrMost) : (Bytes + SpareOf(disk.TotalBytes, MostSpareBytes), disk.AvailableBytes);
        if (bytes > free)
        {
            var reserve = disk.FreeBytesOrMost - disk.AvailableBytes is > 0 and var kept && !takesReserve ? $", beside {Amounts.Bytes(kept)} that only root or the file system itself may take" : "";
            return $"{Amounts.Bytes(bytes)} are needed beside what is there, and {Amounts.Bytes(free)} are free{reserve}: remove files or make the file system larger";
        }

        var inodes = Inodes + (takesReserve ? 0 : SpareOf(disk.TotalInodes, MostSpareInodes));
        return disk.TotalInodes > 0 && inodes > disk.FreeInodes
            ? $"{Amounts.Count(inodes, "new file is", "new files are")} needed beside those that are there, and the file system has {Amounts.Count(disk.FreeInodes, "free inode", "free inodes")} (df -i): remove small files"
            : null;
    }

    private static bool BringsInode(in PlanStep step) => step.Kind switch
    {
        PlanStepKind.Delete or PlanStepKind.RemoveDirectory or PlanStepKind.RemoveTree or PlanStepKind.Link => false,
        PlanStepKind.ChangeMetadata => FreshInode.IsNeeded(step.Old.ReadInode(), step.New.ReadInode()),
        _ => true,
    };

    private static long SpareOf(long total, long most) => Math.Min(most, total / SparePart);

    private static long InBlocks(long bytes) => (bytes + Block - 1) / Block * Block;
}
