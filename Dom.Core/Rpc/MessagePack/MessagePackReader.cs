using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dom.Core.Rpc.MessagePack;

/// <summary>Reads MessagePack values from untrusted bytes, within <see cref="MessagePackLimits"/>.</summary>
/// <remarks>
/// A header's length or count is compared with the limits and with the bytes that are left before anything is allocated for it.
/// Whatever is wrong with the input is a <see cref="MessagePackException"/>; after one the reader's place is undefined.
/// </remarks>
public ref partial struct MessagePackReader
{
    /// <summary>The most elements a collection makes room for before they are read: a count alone takes little memory.</summary>
    public const int FirstCapacity = 64;

    private readonly MessagePackLimits _limits;
    private readonly ReadOnlySequence<byte> _sequence;
    private readonly long _length;
    private SequencePosition _current;
    private SequencePosition _next;
    private ReadOnlyMemory<byte> _segment;
    private ReadOnlySpan<byte> _span;
    private int _position;
    private long _before;
    private long _declared;
    private int _depth;

    /// <summary>A reader of contiguous bytes.</summary>
    public MessagePackReader(ReadOnlyMemory<byte> input, MessagePackLimits? limits = null)
    {
        // No sequence is made around the bytes: this constructor is on the path of every directory entry that is read.
        _limits = limits ?? MessagePackLimits.Default;
        _length = input.Length;
        _segment = input;
        _span = input.Span;
    }

    /// <summary>A reader of bytes in segments.</summary>
    public MessagePackReader(ReadOnlySequence<byte> input, MessagePackLimits? limits = null)
    {
        _limits = limits ?? MessagePackLimits.Default;
        _sequence = input;
        _length = input.Length;
        _next = input.Start;
        NextSegment();
    }

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _before + _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly long Remaining => _length - Consumed;

    /// <summary>True when every byte was read.</summary>
    public readonly bool End => Consumed == _length;

    /// <summary>The limits this reader keeps.</summary>
    public readonly MessagePackLimits Limits => _limits;

    /// <summary>The type of the next value.</summary>
    public MessagePackType NextType =>
        MessagePackCode.TypeOf(Peek()) ?? throw Reserved();

    /// <summary>Goes one level down, after the header of an array or map whose elements may nest further.</summary>
    public void Enter()
    {
        if (++_depth > _limits.MaxDepth)
        {
            throw Fault(MessagePackErrorCode.TooDeep, $"nested deeper than {_limits.MaxDepth} levels");
        }
    }

    /// <summary>Goes one level up again.</summary>
    public void Leave() => _depth--;

    /// <summary>Reads nil if it is next.</summary>
    public bool TryReadNil()
    {
        if (Peek() != MessagePackCode.Nil)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>Throws when bytes follow.</summary>
    public readonly void RequireEnd()
    {
        if (!End)
        {
            throw Fault(MessagePackErrorCode.TrailingBytes, $"{Remaining} bytes follow the value");
        }
    }

    /// <summary>Makes the fault of a value that its place does not allow, at the reader's place.</summary>
    public readonly MessagePackException Invalid(string fault) => Fault(MessagePackErrorCode.InvalidValue, fault);

    /// <summary>What <see cref="SkipOne"/> returns for a value that holds no others.</summary>
    private const int NoContainer = -1;

    /// <summary>Reads past one value of any type, with all that is nested in it.</summary>
    [SkipLocalsInit]
    public void Skip()
    {
        Span<int> open = stackalloc int[MessagePackLimits.HighestDepth];
        var level = 0;
        var rest = 1;
        while (true)
        {
            if (rest == 0)
            {
                if (level == 0)
                {
                    return;
                }

                Leave();
                rest = open[--level];
                continue;
            }

            rest--;
            var children = SkipOne();
            if (children != NoContainer)
            {
                Enter();
                open[level++] = rest;
                rest = children;
            }
        }
    }

    /// <summary>Reads past one value, or past the header of an array or map, whose number of children (empty ones count as a level too) it returns.</summary>
    private int SkipOne()
    {
        var code = Peek();
        switch (code)
        {
            case <= MessagePackCode.MaxPositiveFixInt or >= MessagePackCode.MinNegativeFixInt:
            case MessagePackCode.Nil or MessagePackCode.False or MessagePackCode.True:
                _position++;
                return NoContainer;
            case < MessagePackCode.FixArray or MessagePackCode.Map16 or MessagePackCode.Map32:
                return 2 * ReadMapHeader();
            case < MessagePackCode.FixStr or MessagePackCode.Array16 or MessagePackCode.Array32:
                return ReadArrayHeader();
            case < MessagePackCode.Nil or (>= MessagePackCode.Str8 and <= MessagePackCode.Str32):
                Advance(ReadStringHeader());
                return NoContainer;
            case >= MessagePackCode.Bin8 and <= MessagePackCode.Bin32:
                Advance(ReadBinaryHeader());
                return NoContainer;
            case >= MessagePackCode.UInt8 and <= MessagePackCode.Int64:
                ReadInteger(out _);
                return NoContainer;
            case MessagePackCode.Float32:
                Advance(5);
                return NoContainer;
            case MessagePackCode.Float64:
                Advance(9);
                return NoContainer;
            case MessagePackCode.NeverUsed:
                throw Reserved();
            default:
                Advance(ReadExtensionHeader(out _));
                return NoContainer;
        }
    }

    private readonly MessagePackException Reserved() => Fault(MessagePackErrorCode.ReservedByte, "0xc1 is no MessagePack type");

    /// <summary>Makes a fault at the reader's place.</summary>
    private readonly MessagePackException Fault(MessagePackErrorCode code, string fault) => new(code, Consumed, fault);

    private readonly MessagePackException WrongType(string expected, byte code) =>
        MessagePackCode.TypeOf(code) is { } found
            ? Fault(MessagePackErrorCode.WrongType, $"expected {expected}, found {Describe(found)}")
            : Fault(MessagePackErrorCode.ReservedByte, $"expected {expected}, found 0xc1, which is no MessagePack type");

    private static string Describe(MessagePackType type) => type switch
    {
        MessagePackType.Nil => "nil",
        MessagePackType.Boolean => "a boolean",
        MessagePackType.Integer => "an integer",
        MessagePackType.Float => "a floating point number",
        MessagePackType.String => "a string",
        MessagePackType.Binary => "bytes",
        MessagePackType.Array => "an array",
        MessagePackType.Map => "a map",
        _ => "an extension",
    };

    private readonly MessagePackException Truncated(long needed) =>
        Fault(MessagePackErrorCode.Truncated, $"{needed} bytes expected, {Remaining} left");

    private readonly void RequireCanonical(bool shortest)
    {
        if (_limits.Canonical && !shortest)
        {
            throw Fault(MessagePackErrorCode.NotCanonical, "not the shortest form");
        }
    }

    private byte Peek()
    {
        if (_position == _span.Length)
        {
            NextSegmentOrThrow();
        }

        return _span[_position];
    }

    private void NextSegmentOrThrow()
    {
        if (!NextSegment())
        {
            throw Truncated(1);
        }
    }

    /// <summary>Moves to the next segment that is not empty.</summary>
    private bool NextSegment()
    {
        for (var at = _next; _sequence.TryGet(ref _next, out var segment); at = _next)
        {
            if (!segment.IsEmpty)
            {
                _current = at;
                _before += _span.Length;
                _segment = segment;
                _span = segment.Span;
                _position = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a big-endian number of 1, 2, 4 or 8 bytes.</summary>
    private ulong ReadBigEndian(int size)
    {
        if (_span.Length - _position < size)
        {
            return ReadScattered(size);
        }

        var bytes = _span.Slice(_position, size);
        _position += size;
        return size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
    }

    /// <summary>The same for a number that lies in several segments.</summary>
    private ulong ReadScattered(int size)
    {
        if (Remaining < size)
        {
            throw Truncated(size);
        }

        ulong value = 0;
        for (var i = 0; i < size; i++)
        {
            value = (value << 8) | Peek();
            _position++;
        }

        return value;
    }

    private void Advance(long count)
    {
        if (count > Remaining)
        {
            throw Truncated(count);
        }

        while (count > _span.Length - _position)
        {
            count -= _span.Length - _position;
            _position = _span.Length;
            NextSegmentOrThrow();
        }

        _position += (int)count;
    }
}
