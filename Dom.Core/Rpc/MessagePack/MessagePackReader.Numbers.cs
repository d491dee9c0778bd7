namespace Dom.Core.Rpc.MessagePack;

/// <content>Booleans and numbers.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads true or false.</summary>
    public bool ReadBoolean()
    {
        var code = Peek();
        if (code is not (MessagePackCode.True or MessagePackCode.False))
        {
            throw WrongType("a boolean", code);
        }

        _position++;
        return code == MessagePackCode.True;
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public ulong ReadUInt64()
    {
        var bits = ReadInteger(out var negative);
        return negative ? throw OutOfRange((long)bits, nameof(UInt64)) : bits;
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public long ReadInt64()
    {
        var bits = ReadInteger(out var negative);
        return negative || bits <= long.MaxValue
            ? (long)bits
            : throw Fault(MessagePackErrorCode.OutOfRange, $"{bits} does not fit an {nameof(Int64)}");
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public uint ReadUInt32()
    {
        var value = ReadInt64();
        return value is >= uint.MinValue and <= uint.MaxValue ? (uint)value : throw OutOfRange(value, nameof(UInt32));
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public int ReadInt32()
    {
        var value = ReadInt64();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw OutOfRange(value, nameof(Int32));
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public ushort ReadUInt16()
    {
        var value = ReadInt64();
        return value is >= ushort.MinValue and <= ushort.MaxValue ? (ushort)value : throw OutOfRange(value, nameof(UInt16));
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public short ReadInt16()
    {
        var value = ReadInt64();
        return value is >= short.MinValue and <= short.MaxValue ? (short)value : throw OutOfRange(value, nameof(Int16));
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public byte ReadByte()
    {
        var value = ReadInt64();
        return value is >= byte.MinValue and <= byte.MaxValue ? (byte)value : throw OutOfRange(value, nameof(Byte));
    }

    /// <summary>Reads a whole number, in whatever form it was written.</summary>
    public sbyte ReadSByte()
    {
        var value = ReadInt64();
        return value is >= sbyte.MinValue and <= sbyte.MaxValue ? (sbyte)value : throw OutOfRange(value, nameof(SByte));
    }

    /// <summary>Reads a number as 64-bit floating point; peers that write 3.0 as 3 or in 32 bits are understood unless the form must be canonical.</summary>
    public double ReadDouble()
    {
        var code = Peek();
        switch (code)
        {
            case MessagePackCode.Float64:
                _position++;
                return BitConverter.UInt64BitsToDouble(ReadBigEndian(8));
            case MessagePackCode.Float32:
                RequireCanonical(false);
                _position++;
                return BitConverter.UInt32BitsToSingle((uint)ReadBigEndian(4));
            default:
                return MessagePackCode.TypeOf(code) == MessagePackType.Integer ? ReadWholeNumber() : throw WrongType("a number", code);
        }
    }

    /// <summary>Reads a number as 32-bit floating point. A 64-bit one is accepted where nothing is lost.</summary>
    public float ReadSingle()
    {
        var code = Peek();
        if (code == MessagePackCode.Float32)
        {
            _position++;
            return BitConverter.UInt32BitsToSingle((uint)ReadBigEndian(4));
        }

        RequireCanonical(MessagePackCode.TypeOf(code) is not (MessagePackType.Float or MessagePackType.Integer));
        var value = ReadDouble();
        var narrow = (float)value;
        return narrow == value || double.IsNaN(value)
            ? narrow
            : throw Fault(MessagePackErrorCode.OutOfRange, "the number does not fit 32 bits");
    }

    private double ReadWholeNumber()
    {
        RequireCanonical(false);
        var bits = ReadInteger(out var negative);
        return negative ? (long)bits : bits;
    }

    private readonly MessagePackException OutOfRange(long value, string type) =>
        Fault(MessagePackErrorCode.OutOfRange, $"{value} does not fit {type}");

    /// <summary>The 64 bits of any integer form, and whether they are a negative number.</summary>
    private ulong ReadInteger(out bool negative)
    {
        var code = Peek();
        _position++;
        negative = false;
        switch (code)
        {
            case <= MessagePackCode.MaxPositiveFixInt:
                return code;
            case >= MessagePackCode.MinNegativeFixInt:
                negative = true;
                return (ulong)(sbyte)code;
            case MessagePackCode.UInt8:
                return ReadUnsigned(1, MessagePackCode.MaxPositiveFixInt);
            case MessagePackCode.UInt16:
                return ReadUnsigned(2, byte.MaxValue);
            case MessagePackCode.UInt32:
                return ReadUnsigned(4, ushort.MaxValue);
            case MessagePackCode.UInt64:
                return ReadUnsigned(8, uint.MaxValue);
            case MessagePackCode.Int8:
                return Signed((sbyte)ReadBigEndian(1), -32, out negative);
            case MessagePackCode.Int16:
                return Signed((short)ReadBigEndian(2), sbyte.MinValue, out negative);
            case MessagePackCode.Int32:
                return Signed((int)ReadBigEndian(4), short.MinValue, out negative);
            case MessagePackCode.Int64:
                return Signed((long)ReadBigEndian(8), int.MinValue, out negative);
            default:
                _position--;
                throw WrongType("an integer", code);
        }
    }

    private ulong ReadUnsigned(int size, ulong shorterUpTo)
    {
        var value = ReadBigEndian(size);
        RequireCanonical(value > shorterUpTo);
        return value;
    }

    private readonly ulong Signed(long value, long shorterFrom, out bool negative)
    {
        RequireCanonical(value < shorterFrom);
        negative = value < 0;
        return (ulong)value;
    }
}
