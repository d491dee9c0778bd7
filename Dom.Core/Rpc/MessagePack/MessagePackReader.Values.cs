using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Rpc.MessagePack;

/// <content>Text, bytes, extensions and the values of contracts.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads text; bytes that are not UTF-8 are refused.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadUtf8());

    /// <summary>Reads text as its UTF-8 bytes, checked; borrowed from the input unless they lie in two segments.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var utf8 = Take(ReadStringHeader()).Span;
        return Utf8.IsValid(utf8) ? utf8 : throw Fault(MessagePackErrorCode.InvalidText, "the string is not UTF-8");
    }

    /// <summary>Reads bytes, borrowed from the input unless they lie in two segments.</summary>
    public ReadOnlyMemory<byte> ReadBinary() => Take(ReadBinaryHeader());

    /// <summary>Reads bytes, borrowed from the input in as many segments as they lie in.</summary>
    public ReadOnlySequence<byte> ReadBinarySequence()
    {
        var length = ReadBinaryHeader();
        return length <= _span.Length - _position ? new ReadOnlySequence<byte>(Take(length)) : TakeSequence(length);
    }

    /// <summary>Reads bytes into an array of their own.</summary>
    public byte[] ReadByteArray() => ReadBinary().ToArray();

    /// <summary>Reads an extension of any type.</summary>
    public MessagePackExtension ReadExtension()
    {
        var length = ReadExtensionHeader(out var type);
        return new MessagePackExtension(type, Take(length));
    }

    /// <summary>Reads the specification's timestamp, in any of its three forms.</summary>
    public MessagePackTimestamp ReadTimestamp()
    {
        var extension = ReadExtension();
        if (extension.Type != MessagePackTimestamp.ExtensionType)
        {
            throw Fault(MessagePackErrorCode.WrongType, $"expected a timestamp, found an extension of type {extension.Type}");
        }

        var data = extension.Data.Span;
        var value = data.Length switch
        {
            4 => new MessagePackTimestamp(BinaryPrimitives.ReadUInt32BigEndian(data), 0),
            8 => FromPacked(BinaryPrimitives.ReadUInt64BigEndian(data)),
            12 => new MessagePackTimestamp(BinaryPrimitives.ReadInt64BigEndian(data[4..]), BinaryPrimitives.ReadUInt32BigEndian(data)),
            _ => throw Invalid($"a timestamp has 4, 8 or 12 bytes, not {data.Length}"),
        };
        if (value.Nanoseconds > MessagePackTimestamp.MaxNanoseconds)
        {
            throw Invalid($"a timestamp has at most {MessagePackTimestamp.MaxNanoseconds} nanoseconds, not {value.Nanoseconds}");
        }

        RequireCanonical(data.Length switch
        {
            4 => true,
            8 => value.Nanoseconds != 0 || value.Seconds > uint.MaxValue,
            _ => value.Seconds is < 0 or >= 1L << 34,
        });
        return value;
    }

    /// <summary>Reads an id: 32 bytes, or none for "no object".</summary>
    public ObjectId ReadObjectId()
    {
        var length = ReadBinaryHeader();
        if (length == 0)
        {
            return default;
        }

        if (length != ObjectId.Size)
        {
            throw Invalid($"an object id has {ObjectId.Size} bytes, not {length}");
        }

        var id = new ObjectId(Take(length).Span);
        RequireCanonical(!id.IsNone);
        return id;
    }

    /// <summary>Reads a path: bytes without NUL, copied.</summary>
    public UnixPath ReadUnixPath() =>
        UnixPath.TryCreate(ReadByteArray(), out var path) ? path : throw Invalid("a path contains a NUL byte");

    /// <summary>Reads a duration in whole milliseconds.</summary>
    public TimeSpan ReadTimeSpan()
    {
        const long Limit = long.MaxValue / TimeSpan.TicksPerMillisecond;
        var milliseconds = ReadInt64();
        return milliseconds is >= -Limit and <= Limit
            ? new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond)
            : throw OutOfRange(milliseconds, nameof(TimeSpan));
    }

    /// <summary>Reads an instant in whole milliseconds since 1970-01-01 UTC.</summary>
    public DateTimeOffset ReadDateTimeOffset()
    {
        const long Earliest = -62_135_596_800_000;
        const long Latest = 253_402_300_799_999;
        var milliseconds = ReadInt64();
        return milliseconds is >= Earliest and <= Latest
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw OutOfRange(milliseconds, nameof(DateTimeOffset));
    }

    private static MessagePackTimestamp FromPacked(ulong bits) => new((long)(bits & ((1ul << 34) - 1)), (uint)(bits >> 34));

    /// <summary>The next bytes, whose number was checked: a slice of the segment, or a copy where they span segments.</summary>
    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length <= _span.Length - _position)
        {
            var slice = _segment.Slice(_position, length);
            _position += length;
            return slice;
        }

        return TakeSequence(length).ToArray();
    }

    /// <summary>The next bytes, which reach beyond the current segment.</summary>
    private ReadOnlySequence<byte> TakeSequence(int length)
    {
        var value = _sequence.Slice(_sequence.GetPosition(_position, _current), length);
        Advance(length);
        return value;
    }
}
