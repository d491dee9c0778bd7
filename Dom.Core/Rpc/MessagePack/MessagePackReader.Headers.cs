namespace Dom.Core.Rpc.MessagePack;

/// <content>Lengths and counts, checked before anybody relies on them.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads the header of an array: how many values follow. At least as many bytes do.</summary>
    public int ReadArrayHeader()
    {
        var code = Peek();
        uint count;
        switch (code)
        {
            case >= MessagePackCode.FixArray and < MessagePackCode.FixStr:
                _position++;
                count = (uint)(code & 0x0f);
                break;
            case MessagePackCode.Array16:
                _position++;
                count = (uint)ReadBigEndian(2);
                RequireCanonical(count > 15);
                break;
            case MessagePackCode.Array32:
                _position++;
                count = (uint)ReadBigEndian(4);
                RequireCanonical(count > ushort.MaxValue);
                break;
            default:
                throw WrongType("an array", code);
        }

        return Declare(count, count);
    }

    /// <summary>Reads the header of a map: how many pairs of key and value follow. At least twice as many bytes do.</summary>
    public int ReadMapHeader()
    {
        var code = Peek();
        uint count;
        switch (code)
        {
            case >= MessagePackCode.FixMap and < MessagePackCode.FixArray:
                _position++;
                count = (uint)(code & 0x0f);
                break;
            case MessagePackCode.Map16:
                _position++;
                count = (uint)ReadBigEndian(2);
                RequireCanonical(count > 15);
                break;
            case MessagePackCode.Map32:
                _position++;
                count = (uint)ReadBigEndian(4);
                RequireCanonical(count > ushort.MaxValue);
                break;
            default:
                throw WrongType("a map", code);
        }

        return Declare(count, 2L * count);
    }

    /// <summary>Counts promised elements, of which each takes at least one byte: all together can never be more than the input has.</summary>
    private int Declare(uint count, long elements)
    {
        _declared += elements;
        if (_declared > _limits.MaxElements)
        {
            throw Fault(MessagePackErrorCode.TooManyElements, $"more than {_limits.MaxElements} elements");
        }

        if (elements > Remaining || _declared > _length)
        {
            throw Fault(MessagePackErrorCode.Truncated, $"{elements} elements promised, {Remaining} bytes left");
        }

        return (int)count;
    }

    private int ReadStringHeader()
    {
        var code = Peek();
        ulong length;
        switch (code)
        {
            case >= MessagePackCode.FixStr and < MessagePackCode.Nil:
                _position++;
                length = code & 0x1fu;
                break;
            case MessagePackCode.Str8:
                _position++;
                length = ReadBigEndian(1);
                RequireCanonical(length > 31);
                break;
            case MessagePackCode.Str16:
                _position++;
                length = ReadBigEndian(2);
                RequireCanonical(length > byte.MaxValue);
                break;
            case MessagePackCode.Str32:
                _position++;
                length = ReadBigEndian(4);
                RequireCanonical(length > ushort.MaxValue);
                break;
            default:
                throw WrongType("a string", code);
        }

        return Promise(length);
    }

    private int ReadBinaryHeader()
    {
        var code = Peek();
        ulong length;
        switch (code)
        {
            case MessagePackCode.Bin8:
                _position++;
                length = ReadBigEndian(1);
                break;
            case MessagePackCode.Bin16:
                _position++;
                length = ReadBigEndian(2);
                RequireCanonical(length > byte.MaxValue);
                break;
            case MessagePackCode.Bin32:
                _position++;
                length = ReadBigEndian(4);
                RequireCanonical(length > ushort.MaxValue);
                break;
            default:
                throw WrongType("bytes", code);
        }

        return Promise(length);
    }

    private int ReadExtensionHeader(out sbyte type)
    {
        var code = Peek();
        ulong length;
        switch (code)
        {
            case >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16:
                _position++;
                length = 1ul << (code - MessagePackCode.FixExt1);
                break;
            case MessagePackCode.Ext8:
                _position++;
                length = ReadBigEndian(1);
                RequireCanonical(length is not (1 or 2 or 4 or 8 or 16));
                break;
            case MessagePackCode.Ext16:
                _position++;
                length = ReadBigEndian(2);
                RequireCanonical(length > byte.MaxValue);
                break;
            case MessagePackCode.Ext32:
                _position++;
                length = ReadBigEndian(4);
                RequireCanonical(length > ushort.MaxValue);
                break;
            default:
                throw WrongType("an extension", code);
        }

        type = (sbyte)ReadBigEndian(1);
        return Promise(length);
    }

    /// <summary>Checks a promised length against the limit and the bytes left.</summary>
    private readonly int Promise(ulong length)
    {
        if (length > (ulong)_limits.MaxLength)
        {
            throw Fault(MessagePackErrorCode.TooLong, $"{length} bytes promised, at most {_limits.MaxLength} allowed");
        }

        if (length > (ulong)Remaining)
        {
            throw Truncated((long)length);
        }

        return (int)length;
    }
}
