using System.Buffers.Binary;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Rpc.MessagePack;

/// <content>Text, bytes, extensions and the values of contracts.</content>
public ref partial struct MessagePackWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes text. Half a surrogate pair is no text and is refused.</summary>
    public void Write(string value)
    {
        // Only a message that did not come from our own reader can have null where its type has none.
        if (value is null)
        {
            throw new MessagePackException(MessagePackErrorCode.InvalidValue, Written, "null stands where a text must be");
        }

        int length;
        try
        {
            length = StrictUtf8.GetByteCount(value);
        }
        catch (EncoderFallbackException fault)
        {
            throw new MessagePackException(MessagePackErrorCode.InvalidText, Written, $"the string is not text: half a surrogate pair at {fault.Index}");
        }

        WriteStringHeader(length);
        StrictUtf8.GetBytes(value, Take(length));
    }

    /// <summary>Writes text that is UTF-8 already; the caller vouches for it.</summary>
    public void WriteUtf8(scoped ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        WriteRaw(utf8);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBinary(scoped ReadOnlySpan<byte> value)
    {
        WriteBinaryHeader(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes the header of bytes that follow through <see cref="WriteRaw"/>.</summary>
    public void WriteBinaryHeader(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        switch (length)
        {
            case <= byte.MaxValue:
                WriteCode8(MessagePackCode.Bin8, (byte)length);
                break;
            case <= ushort.MaxValue:
                WriteCode16(MessagePackCode.Bin16, (ushort)length);
                break;
            default:
                WriteCode32(MessagePackCode.Bin32, (uint)length);
                break;
        }
    }

    /// <summary>Writes an extension.</summary>
    public void WriteExtension(sbyte type, scoped ReadOnlySpan<byte> data)
    {
        switch (data.Length)
        {
            case 1:
                WriteByte(MessagePackCode.FixExt1);
                break;
            case 2:
                WriteByte(MessagePackCode.FixExt2);
                break;
            case 4:
                WriteByte(MessagePackCode.FixExt4);
                break;
            case 8:
                WriteByte(MessagePackCode.FixExt8);
                break;
            case 16:
                WriteByte(MessagePackCode.FixExt16);
                break;
            case <= byte.MaxValue:
                WriteCode8(MessagePackCode.Ext8, (byte)data.Length);
                break;
            case <= ushort.MaxValue:
                WriteCode16(MessagePackCode.Ext16, (ushort)data.Length);
                break;
            default:
                WriteCode32(MessagePackCode.Ext32, (uint)data.Length);
                break;
        }

        WriteByte((byte)type);
        WriteRaw(data);
    }

    /// <summary>Writes the specification's timestamp in the shortest of its three forms.</summary>
    public void WriteTimestamp(MessagePackTimestamp value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Nanoseconds, MessagePackTimestamp.MaxNanoseconds, nameof(value));
        Span<byte> data = stackalloc byte[12];
        if (value.Nanoseconds == 0 && value.Seconds is >= 0 and <= uint.MaxValue)
        {
            BinaryPrimitives.WriteUInt32BigEndian(data, (uint)value.Seconds);
            WriteExtension(MessagePackTimestamp.ExtensionType, data[..4]);
        }
        else if (value.Seconds is >= 0 and < 1L << 34)
        {
            BinaryPrimitives.WriteUInt64BigEndian(data, ((ulong)value.Nanoseconds << 34) | (ulong)value.Seconds);
            WriteExtension(MessagePackTimestamp.ExtensionType, data[..8]);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(data, value.Nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(data[4..], value.Seconds);
            WriteExtension(MessagePackTimestamp.ExtensionType, data);
        }
    }

    /// <summary>Writes an id as its 32 bytes, "no object" as no bytes.</summary>
    public void Write(ObjectId value)
    {
        if (value.IsNone)
        {
            WriteBinary([]);
            return;
        }

        WriteBinaryHeader(ObjectId.Size);
        value.CopyTo(Take(ObjectId.Size));
    }

    /// <summary>Writes a path as its bytes.</summary>
    public void Write(UnixPath value) => WriteBinary(value.Span);

    /// <summary>Writes a duration as whole milliseconds, cut towards zero.</summary>
    public void Write(TimeSpan value) => Write(value.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>Writes an instant as whole milliseconds since 1970-01-01 UTC; the offset is not kept.</summary>
    public void Write(DateTimeOffset value) => Write(value.ToUnixTimeMilliseconds());

    private void WriteStringHeader(int length)
    {
        switch (length)
        {
            case < 32:
                WriteByte((byte)(MessagePackCode.FixStr | length));
                break;
            case <= byte.MaxValue:
                WriteCode8(MessagePackCode.Str8, (byte)length);
                break;
            case <= ushort.MaxValue:
                WriteCode16(MessagePackCode.Str16, (ushort)length);
                break;
            default:
                WriteCode32(MessagePackCode.Str32, (uint)length);
                break;
        }
    }
}
