using System.Buffers;
using System.Buffers.Binary;

namespace Dom.Core.Rpc.MessagePack;

/// <summary>Writes MessagePack values, each in its shortest form, so that equal values have equal bytes.</summary>
/// <remarks>Bytes reach the output at the latest with <see cref="Flush"/>. Counts given to headers are the caller's promise.</remarks>
public ref partial struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;
    private long _flushed;

    /// <summary>A writer that appends to the output.</summary>
    public MessagePackWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan();
    }

    /// <summary>Bytes written so far, flushed or not.</summary>
    public readonly long Written => _flushed + _used;

    /// <summary>Hands what was written to the output.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            _output.Advance(_used);
            _flushed += _used;
            _used = 0;
            _span = default;
        }
    }

    /// <summary>Writes nil.</summary>
    public void WriteNil() => WriteByte(MessagePackCode.Nil);

    /// <summary>Writes true or false.</summary>
    public void Write(bool value) => WriteByte(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes a whole number.</summary>
    public void Write(int value) => Write((long)value);

    /// <summary>Writes a whole number.</summary>
    public void Write(uint value) => Write((ulong)value);

    /// <summary>Writes a whole number.</summary>
    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= -32:
                WriteByte((byte)value);
                break;
            case >= sbyte.MinValue:
                WriteCode8(MessagePackCode.Int8, (byte)value);
                break;
            case >= short.MinValue:
                WriteCode16(MessagePackCode.Int16, (ushort)value);
                break;
            case >= int.MinValue:
                WriteCode32(MessagePackCode.Int32, (uint)value);
                break;
            default:
                WriteCode64(MessagePackCode.Int64, (ulong)value);
                break;
        }
    }

    /// <summary>Writes a whole number.</summary>
    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.MaxPositiveFixInt:
                WriteByte((byte)value);
                break;
            case <= byte.MaxValue:
                WriteCode8(MessagePackCode.UInt8, (byte)value);
                break;
            case <= ushort.MaxValue:
                WriteCode16(MessagePackCode.UInt16, (ushort)value);
                break;
            case <= uint.MaxValue:
                WriteCode32(MessagePackCode.UInt32, (uint)value);
                break;
            default:
                WriteCode64(MessagePackCode.UInt64, value);
                break;
        }
    }

    /// <summary>Writes a floating point number of 32 bits.</summary>
    public void Write(float value) => WriteCode32(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a floating point number of 64 bits.</summary>
    public void Write(double value) => WriteCode64(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes the header of an array; that many values follow.</summary>
    public void WriteArrayHeader(int count) => WriteCountHeader(count, MessagePackCode.FixArray, MessagePackCode.Array16, MessagePackCode.Array32);

    /// <summary>Writes the header of a map; that many pairs of key and value follow.</summary>
    public void WriteMapHeader(int count) => WriteCountHeader(count, MessagePackCode.FixMap, MessagePackCode.Map16, MessagePackCode.Map32);

    /// <summary>Appends bytes that are MessagePack already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length <= _span.Length - _used)
        {
            encoded.CopyTo(_span[_used..]);
            _used += encoded.Length;
            return;
        }

        Flush();
        _output.Write(encoded);
        _flushed += encoded.Length;
        _span = default;
    }

    private void WriteCountHeader(int count, byte fix, byte code16, byte code32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        switch (count)
        {
            case < 16:
                WriteByte((byte)(fix | count));
                break;
            case <= ushort.MaxValue:
                WriteCode16(code16, (ushort)count);
                break;
            default:
                WriteCode32(code32, (uint)count);
                break;
        }
    }

    private Span<byte> Take(int size)
    {
        if (_span.Length - _used < size)
        {
            Flush();
            _span = _output.GetSpan(size);
        }

        var taken = _span.Slice(_used, size);
        _used += size;
        return taken;
    }

    private void WriteByte(byte value) => Take(1)[0] = value;

    private void WriteCode8(byte code, byte value)
    {
        var span = Take(2);
        span[0] = code;
        span[1] = value;
    }

    private void WriteCode16(byte code, ushort value)
    {
        var span = Take(3);
        span[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], value);
    }

    private void WriteCode32(byte code, uint value)
    {
        var span = Take(5);
        span[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
    }

    private void WriteCode64(byte code, ulong value)
    {
        var span = Take(9);
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
    }
}
