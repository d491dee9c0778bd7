using System.Buffers;
using System.Runtime.InteropServices;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>Encoded entries of one directory in the order of their names, before they are sealed in blocks. Reused from directory to directory.</summary>
internal sealed class EncodedEntries
{
    // Array header, kind, and the largest header of the array of entries.
    private const int LeafHeaderBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private int[] _offsets = new int[64];
    private Dictionary<int, byte[]>? _replaced;

    internal int Count { get; private set; }

    /// <summary>Bytes of memory held, used or not.</summary>
    internal int Capacity => _bytes.Capacity;

    private int End(int index) => index + 1 < Count ? _offsets[index + 1] : _bytes.WrittenCount;

    internal void Clear()
    {
        _bytes.ResetWrittenCount();
        Count = 0;
        _replaced = null;
    }

    internal void Add(ReadOnlySpan<byte> name, in Inode inode)
    {
        TreeName.Require(name);
        Append();
        var writer = new MessagePackWriter(_bytes);
        DirectoryBlock.WriteEntry(ref writer, name, inode);
        writer.Flush();
    }

    internal void AddEncoded(ReadOnlySpan<byte> entry)
    {
        Append();
        _bytes.Write(entry);
    }

    /// <summary>Fills in the id that ends an entry of a directory or a regular file with content. Different entries may be filled in at the same time.</summary>
    internal void SetContent(int index, ObjectId content) =>
        content.CopyTo(MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span[(End(index) - ObjectId.Size)..End(index)]);

    /// <summary>Writes another entry in the place of one, under the same name.</summary>
    internal void Replace(int index, in Inode inode)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        DirectoryBlock.WriteEntry(ref writer, NameAt(index), inode);
        writer.Flush();
        (_replaced ??= [])[index] = buffer.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of one entry.</summary>
    internal ReadOnlySpan<byte> this[int index] =>
        _replaced is not null && _replaced.TryGetValue(index, out var entry) ? entry : Written(index);

    /// <summary>The name of one entry: array header, bin 8 header with one byte of length, name.</summary>
    internal ReadOnlySpan<byte> NameAt(int index)
    {
        var entry = Written(index);
        return entry.Slice(3, entry[2]);
    }

    /// <summary>True when these entries belong in one leaf block; the one rule of which form a directory has.</summary>
    internal bool FitLeaf(ReadOnlySpan<int> indices)
    {
        if (indices.Length > TreeFormat.MaxEntriesPerBlock)
        {
            return false;
        }

        long bytes = 0;
        foreach (var index in indices)
        {
            bytes += this[index].Length;
        }

        return FitLeaf(indices.Length, bytes);
    }

    /// <summary>True when so many entries of together so many bytes belong in one leaf block.</summary>
    internal static bool FitLeaf(int count, long bytes) =>
        count <= TreeFormat.MaxEntriesPerBlock && bytes + LeafHeaderBytes <= TreeFormat.MaxBlockBytes;

    /// <summary>Makes the leaf block of these entries.</summary>
    internal Block Seal(ReadOnlySpan<int> indices)
    {
        if (indices.Length == Count && _replaced is null)
        {
            return DirectoryBlock.Seal(_bytes.WrittenSpan, Count);
        }

        var part = new ArrayBufferWriter<byte>();
        foreach (var index in indices)
        {
            part.Write(this[index]);
        }

        return DirectoryBlock.Seal(part.WrittenSpan, indices.Length);
    }

    /// <summary>Sorts entries into the 256 children of a fan-out node at a depth; the order of names stays in each.</summary>
    internal List<int>?[] Partition(ReadOnlySpan<int> indices, int depth)
    {
        var children = new List<int>?[TreeFormat.FanOut];
        foreach (var index in indices)
        {
            (children[FanOutBlock.ChildOf(NameAt(index), depth)] ??= []).Add(index);
        }

        return children;
    }

    private ReadOnlySpan<byte> Written(int index) => _bytes.WrittenSpan[_offsets[index]..End(index)];

    private void Append()
    {
        if (Count == _offsets.Length)
        {
            Array.Resize(ref _offsets, Count * 2);
        }

        _offsets[Count++] = _bytes.WrittenCount;
    }
}
