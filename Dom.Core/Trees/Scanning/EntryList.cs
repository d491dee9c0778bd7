using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>The entries of a directory in the making, in the order of their names, with facts and directories below.</summary>
/// <remarks>One thread adds; then any threads may fill in, replace and remove, each entry by one of them.</remarks>
internal sealed class EntryList
{
    private readonly EncodedEntries _encoded = new();
    private readonly List<EntryFacts> _facts = [];
    private readonly Lock _changes = new();
    private MachineDirectory?[]? _directories;
    private HashSet<int>? _removed;

    internal EncodedEntries Encoded => _encoded;

    /// <summary>Makes the list empty, for another directory.</summary>
    internal void Clear()
    {
        _encoded.Clear();
        _facts.Clear();
        _directories = null;
        _removed = null;
    }

    internal int Count => _facts.Count;

    internal int Add(ReadOnlySpan<byte> name, in Inode inode, EntryFacts facts)
    {
        _encoded.Add(name, inode);
        _facts.Add(facts);
        return _facts.Count - 1;
    }

    internal void AddEncoded(ReadOnlySpan<byte> entry, EntryFacts facts, MachineDirectory? directory = null)
    {
        _encoded.AddEncoded(entry);
        _facts.Add(facts);
        if (directory is not null)
        {
            Place(_facts.Count - 1, directory);
        }
    }

    /// <summary>The content of a file is known and the file is what the entry says.</summary>
    internal void SetContent(int index, ObjectId content) => _encoded.SetContent(index, content);

    /// <summary>A directory below is complete.</summary>
    internal void SetDirectory(int index, MachineDirectory directory)
    {
        lock (_changes)
        {
            Place(index, directory);
        }

        _encoded.SetContent(index, directory.Digest);
    }

    /// <summary>The file turned out to be another than the entry says.</summary>
    internal void Replace(int index, in Inode inode, EntryFacts facts)
    {
        lock (_changes)
        {
            _encoded.Replace(index, inode);
            _facts[index] = facts;
        }
    }

    /// <summary>The file has vanished.</summary>
    internal void Remove(int index)
    {
        lock (_changes)
        {
            (_removed ??= []).Add(index);
        }
    }

    internal ReadOnlySpan<byte> NameAt(int index) => _encoded.NameAt(index);

    /// <summary>Facts with the length of the entry in them, as leaves keep them.</summary>
    internal EntryFacts FactsAt(int index) => _facts[index].WithEncodedLength(_encoded[index].Length);

    internal MachineDirectory? DirectoryAt(int index) => _directories is { } all && index < all.Length ? all[index] : null;

    internal bool IsRemoved(int index) => _removed?.Contains(index) == true;

    /// <summary>The entries that are still there.</summary>
    internal int[] LiveIndices()
    {
        var indices = new int[Count - (_removed?.Count ?? 0)];
        var next = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!IsRemoved(i))
            {
                indices[next++] = i;
            }
        }

        return indices;
    }

    private void Place(int index, MachineDirectory directory)
    {
        if (_directories is null || _directories.Length <= index)
        {
            Array.Resize(ref _directories, Math.Max(_facts.Count, 2 * (_directories?.Length ?? 0)));
        }

        _directories[index] = directory;
    }
}
