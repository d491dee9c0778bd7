using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>One directory of a machine's snapshot: its blocks, the facts beside them and the directories below. Immutable.</summary>
internal sealed class MachineDirectory(MachinePart content)
{
    internal MachinePart Content { get; } = content;

    internal ObjectId Digest => Content.Block.Digest;

    internal MachineCounts Counts => Content.Counts with { Directories = Content.Counts.Directories + 1 };

    /// <summary>The entry of that name, if there is one.</summary>
    internal bool TryFind(ReadOnlySpan<byte> name, out MachineEntry entry)
    {
        var part = Content;
        for (var depth = 0; part.Parts is { } parts; depth++)
        {
            if (parts[FanOutBlock.ChildOf(name, depth)] is not { } child)
            {
                entry = default;
                return false;
            }

            part = child;
        }

        var cursor = new LeafCursor(part);
        while (cursor.MoveNext())
        {
            var order = cursor.Current.Name.SequenceCompareTo(name);
            if (order >= 0)
            {
                entry = cursor.Current;
                return order == 0;
            }
        }

        entry = default;
        return false;
    }

    /// <summary>The entries of the leaves whose counts fit, in the order of their names.</summary>
    internal IReadOnlyList<MachineEntry> EntriesWhere(Func<MachineCounts, bool> wanted)
    {
        var entries = new List<MachineEntry>();
        Content.Collect(entries, wanted);
        if (Content.Parts is not null)
        {
            entries.Sort(static (a, b) => a.Name.SequenceCompareTo(b.Name));
        }

        return entries;
    }

    /// <summary>All entries in the order of their names.</summary>
    internal IReadOnlyList<MachineEntry> Entries() => EntriesWhere(static _ => true);
}
