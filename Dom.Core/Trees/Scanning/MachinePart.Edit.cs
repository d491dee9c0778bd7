using System.Runtime.InteropServices;

namespace Dom.Core.Trees.Scanning;

/// <content>A few names of a directory changed: only the leaves that hold them are written again.</content>
internal sealed partial class MachinePart
{
    /// <summary>Puts the entries of a partial reading in the place of those of the same names, and takes out the names that are gone.</summary>
    internal MachinePart With(EntryList entries, IEnumerable<byte[]> gone, BlockTable table)
    {
        var edits = new List<Edit>();
        for (var i = 0; i < entries.Count; i++)
        {
            edits.Add(new Edit(entries.NameAt(i).ToArray(), entries.IsRemoved(i) ? -1 : i));
        }

        edits.AddRange(gone.Select(static name => new Edit(name, -1)));
        edits.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return Apply(this, edits, entries, 0, table) ?? Build(new EntryList(), this, table);
    }

    /// <summary>The part after the edits; null when nothing is left in it.</summary>
    private static MachinePart? Apply(MachinePart part, List<Edit> edits, EntryList entries, int depth, BlockTable table)
    {
        if (part.Parts is null)
        {
            var merged = Merge(part, edits, entries);
            return merged.Count == 0 ? null : Build(merged, merged.LiveIndices(), depth, part, table);
        }

        var parts = (MachinePart?[])part.Parts.Clone();
        var groups = edits.GroupBy(e => FanOutBlock.ChildOf(e.Name, depth));
        foreach (var group in groups)
        {
            parts[group.Key] = parts[group.Key] is { } child
                ? Apply(child, [.. group], entries, depth + 1, table)
                : Fresh([.. group], entries, depth + 1, table);
        }

        return FitsLeaf(parts) ? Collapse(parts, depth, table) : Node(parts, part, table);
    }

    private static MachinePart? Fresh(List<Edit> edits, EntryList entries, int depth, BlockTable table)
    {
        var indices = edits.Where(static e => e.Index >= 0).Select(static e => e.Index).ToArray();
        return indices.Length == 0 ? null : Build(entries, indices, depth, null, table);
    }

    private static EntryList Merge(MachinePart leaf, List<Edit> edits, EntryList entries)
    {
        var merged = new EntryList();
        var next = 0;
        var cursor = new LeafCursor(leaf);
        while (cursor.MoveNext())
        {
            var current = cursor.Current;
            var order = 1;
            while (next < edits.Count && (order = edits[next].Name.AsSpan().SequenceCompareTo(current.Name)) < 0)
            {
                AddEdit(merged, edits[next++], entries);
            }

            if (next < edits.Count && order == 0)
            {
                AddEdit(merged, edits[next++], entries);
                continue;
            }

            merged.AddEncoded(current.Encoded, current.Facts, current.Directory);
        }

        while (next < edits.Count)
        {
            AddEdit(merged, edits[next++], entries);
        }

        return merged;
    }

    private static void AddEdit(EntryList merged, Edit edit, EntryList entries)
    {
        if (edit.Index >= 0)
        {
            merged.AddEncoded(entries.Encoded[edit.Index], entries.FactsAt(edit.Index), entries.DirectoryAt(edit.Index));
        }
    }

    private static bool FitsLeaf(MachinePart?[] parts)
    {
        var count = 0;
        long bytes = 0;
        foreach (var part in parts)
        {
            count += part?.EntryCount ?? 0;
            bytes += part?.EntryBytes ?? 0;
        }

        return EncodedEntries.FitLeaf(count, bytes);
    }

    private static MachinePart? Collapse(MachinePart?[] parts, int depth, BlockTable table)
    {
        var all = new List<MachineEntry>();
        foreach (var part in parts)
        {
            part?.Collect(all, static _ => true);
        }

        all.Sort(static (a, b) => a.Name.SequenceCompareTo(b.Name));
        var list = new EntryList();
        foreach (var entry in CollectionsMarshal.AsSpan(all))
        {
            list.AddEncoded(entry.Encoded, entry.Facts, entry.Directory);
        }

        return list.Count == 0 ? null : Build(list, list.LiveIndices(), depth, null, table);
    }

    /// <summary>Adds the entries of all leaves whose counts fit, leaf by leaf.</summary>
    internal void Collect(List<MachineEntry> entries, Func<MachineCounts, bool> wanted)
    {
        if (!wanted(Counts))
        {
            return;
        }

        if (Parts is { } parts)
        {
            foreach (var part in parts)
            {
                part?.Collect(entries, wanted);
            }

            return;
        }

        var cursor = new LeafCursor(this);
        while (cursor.MoveNext())
        {
            entries.Add(cursor.Current);
        }
    }

    /// <summary>A name and its new entry's place, or -1 for none.</summary>
    private readonly record struct Edit(byte[] Name, int Index);
}
