using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>
/// A directory while it is read: the walking thread adds entries, then contents and directories below arrive from any thread, and who brings the
/// last one seals it.
/// </summary>
internal sealed class DirectoryDraft(DirectoryDraft? parent, int indexInParent, DirectoryHandle handle, EntryList entries)
{
    private int _pending = 1;

    internal DirectoryDraft? Parent { get; } = parent;

    internal int IndexInParent { get; } = indexInParent;

    internal int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    internal DirectoryHandle Handle { get; } = handle;

    internal EntryList Entries { get; } = entries;

    /// <summary>The directory in the last snapshot.</summary>
    internal MachineDirectory? Previous { get; init; }

    /// <summary>Which image filters cover the directory already; see <see cref="ScanScope"/>.</summary>
    internal uint Covered { get; init; }

    /// <summary>Names that a partial reading found gone; null when the whole directory is read.</summary>
    internal List<byte[]>? Gone { get; init; }

    /// <summary>Files whose content is to be read; null for none.</summary>
    internal List<PendingFile>? Files { get; private set; }

    /// <summary>Directories to go into; null for none.</summary>
    internal List<PendingDirectory>? Below { get; private set; }

    internal void Add(in PendingFile file) => (Files ??= []).Add(file);

    internal void Add(in PendingDirectory directory) => (Below ??= []).Add(directory);

    /// <summary>Declares that so many contents and directories will arrive.</summary>
    internal void Expect(int count) => Interlocked.Add(ref _pending, count);

    /// <summary>Something arrived, or the walking thread has declared everything; true for the last, who seals the directory.</summary>
    internal bool Arrived() => Interlocked.Decrement(ref _pending) == 0;

    /// <summary>The absolute path of an entry, or of the directory itself.</summary>
    internal UnixPath PathOf(int index = -1)
    {
        var directory = Parent is null ? UnixPath.Root : Parent.PathOf(IndexInParent);
        return index < 0 ? directory : directory.Join(Entries.NameAt(index));
    }
}
