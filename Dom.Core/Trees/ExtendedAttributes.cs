using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>The extended attributes of one inode over their canonical form: a MessagePack map of bin to bin, sorted by name; nothing when there are none.</summary>
public readonly struct ExtendedAttributes(ReadOnlyMemory<byte> encoded)
{
    private const int MaxAttributeName = 255;

    /// <summary>The canonical form, as in <see cref="Inode.Xattrs"/>.</summary>
    public ReadOnlyMemory<byte> Encoded { get; } = encoded;

    /// <summary>True when the bytes are the canonical form: not an empty map, shortest forms, names sorted, valid and different.</summary>
    public bool IsCanonical
    {
        get
        {
            try
            {
                return Encoded.IsEmpty || Check(Encoded);
            }
            catch (MessagePackException)
            {
                return false;
            }
        }
    }

    /// <summary>Names and values, in the order of the names.</summary>
    public IReadOnlyList<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> Read()
    {
        if (Encoded.IsEmpty)
        {
            return [];
        }

        var reader = new MessagePackReader(Encoded, MessagePackLimits.CanonicalForm);
        var attributes = new KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>[reader.ReadMapHeader()];
        for (var i = 0; i < attributes.Length; i++)
        {
            var name = reader.ReadBinary();
            attributes[i] = new(name, reader.ReadBinary());
        }

        return attributes;
    }

    /// <summary>The canonical form of some attributes, in any order.</summary>
    public static ExtendedAttributes Of(IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> attributes)
    {
        var sorted = attributes.ToArray();
        if (sorted.Length == 0)
        {
            return default;
        }

        Array.Sort(sorted, static (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(sorted.Length);
        foreach (var (name, value) in sorted)
        {
            writer.WriteBinary(name.Span);
            writer.WriteBinary(value.Span);
        }

        writer.Flush();
        return new ExtendedAttributes(buffer.WrittenMemory.ToArray());
    }

    private static bool Check(ReadOnlyMemory<byte> encoded)
    {
        var reader = new MessagePackReader(encoded, MessagePackLimits.CanonicalForm);
        var count = reader.ReadMapHeader();
        var previous = ReadOnlySpan<byte>.Empty;
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadBinary().Span;
            if (name.Length is 0 or > MaxAttributeName || name.Contains((byte)0) || name.SequenceCompareTo(previous) <= 0)
            {
                return false;
            }

            previous = name;
            reader.ReadBinary();
        }

        return count > 0 && reader.End;
    }
}
