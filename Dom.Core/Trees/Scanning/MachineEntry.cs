namespace Dom.Core.Trees.Scanning;

/// <summary>One entry of a snapshot: its place in a block, its facts and, for a directory that was read, what is below.</summary>
internal readonly struct MachineEntry(Block? block, int offset, EntryFacts facts, MachineDirectory? directory)
{
    // Array header of one byte, bin 8 header of two, the name, the kind in one byte.
    private const int NameOffset = 3;

    internal bool IsNone => block is null;

    internal EntryFacts Facts => facts;

    internal MachineDirectory? Directory => directory;

    internal ReadOnlySpan<byte> Encoded => block is null ? default : block.Bytes.Span.Slice(offset, facts.EncodedLength);

    internal ReadOnlySpan<byte> Name => Encoded.Slice(NameOffset, Encoded[NameOffset - 1]);

    internal InodeKind Kind => IsNone ? InodeKind.None : (InodeKind)Encoded[NameOffset + Encoded[NameOffset - 1]];

    internal EntryRef Ref => new(block, offset);

    internal Inode ReadInode() => Ref.ReadInode();
}
