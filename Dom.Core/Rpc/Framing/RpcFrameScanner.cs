using System.Buffers.Binary;

namespace Dom.Core.Rpc.Framing;

/// <summary>Finds the end of one MessagePack value in bytes that are still arriving, looking at each header once.</summary>
/// <remarks>A value that says it is larger than allowed is refused at the header that says so, before anything is kept for it.</remarks>
internal sealed class RpcFrameScanner(int maxBytes, RpcSource source)
{
    private const int MaxDepth = 64;

    private readonly long[] _pending = new long[MaxDepth + 1];
    private int _depth;
    private long _position;

    /// <summary>Bytes known to belong to the value so far; the value's length once it is complete.</summary>
    public long Known => _position;

    /// <summary>Starts with a new value.</summary>
    public void Reset()
    {
        _depth = 0;
        _position = 0;
        _pending[0] = 1;
    }

    /// <summary>True when <paramref name="data"/>, all that arrived of the value so far, holds all of it.</summary>
    public bool TryComplete(ReadOnlySpan<byte> data)
    {
        while (_pending[0] > 0 || _depth > 0)
        {
            if (_position >= data.Length || !TryReadHeader(data[(int)_position..], out var header, out var body, out var children))
            {
                return false;
            }

            Take(header, body, children);
        }

        return _position <= data.Length;
    }

    private void Take(int header, long body, long children)
    {
        _position += header + body;

        // Every element takes at least one byte, so a header can be judged before its elements arrive.
        if (_position + children > maxBytes)
        {
            throw source.TooLarge($"announces {_position + children} bytes or more; at most {maxBytes} are allowed");
        }

        _pending[_depth]--;
        if (children > 0)
        {
            if (_depth == MaxDepth)
            {
                throw source.Malformed($"is nested more than {MaxDepth} deep");
            }

            _pending[++_depth] = children;
        }

        while (_depth > 0 && _pending[_depth] == 0)
        {
            _depth--;
        }
    }

    private bool TryReadHeader(ReadOnlySpan<byte> data, out int header, out long body, out long children)
    {
        var code = data[0];
        header = 1 + LengthBytes(code);
        body = 0;
        children = 0;
        if (data.Length < header)
        {
            return false;
        }

        var length = header switch
        {
            2 => data[1],
            3 => BinaryPrimitives.ReadUInt16BigEndian(data[1..]),
            5 => BinaryPrimitives.ReadUInt32BigEndian(data[1..]),
            _ => 0L,
        };
        switch (code)
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3:
                break;
            case <= 0x8f:
                children = 2L * (code & 0x0f);
                break;
            case <= 0x9f:
                children = code & 0x0f;
                break;
            case <= 0xbf:
                body = code & 0x1f;
                break;
            case <= 0xc6 and >= 0xc4 or 0xd9 or 0xda or 0xdb:
                body = length;
                break;
            case <= 0xc9 and >= 0xc7:
                body = length + 1;
                break;
            case 0xca or 0xcb:
                body = code == 0xca ? 4 : 8;
                break;
            case <= 0xd3 and >= 0xcc:
                body = 1 << (code & 3);
                break;
            case <= 0xd8 and >= 0xd4:
                body = (1 << (code - 0xd4)) + 1;
                break;
            case 0xdc or 0xdd:
                children = length;
                break;
            case 0xde or 0xdf:
                children = 2 * length;
                break;
            default:
                throw source.Malformed($"has the byte 0x{code:x2}, which is not MessagePack, at offset {_position}");
        }

        return true;
    }

    private static int LengthBytes(byte code) => code switch
    {
        0xc4 or 0xc7 or 0xd9 => 1,
        0xc5 or 0xc8 or 0xda or 0xdc or 0xde => 2,
        0xc6 or 0xc9 or 0xdb or 0xdd or 0xdf => 4,
        _ => 0,
    };
}
