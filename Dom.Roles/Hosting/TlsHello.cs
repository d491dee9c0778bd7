using System.Buffers;

namespace Dom.Roles.Hosting;

/// <summary>Looks whether the first TLS record of a connection has arrived, which holds the hello of every client we know.</summary>
internal static class TlsHello
{
    /// <summary>The first byte of a TLS handshake.</summary>
    public const byte FirstByte = 0x16;

    private const int HeaderBytes = 5;
    private const int MaxRecord = 16 * 1024;

    /// <summary>True when the bytes hold the whole record, or cannot be one: then TLS itself refuses them.</summary>
    public static bool IsComplete(in ReadOnlySequence<byte> received)
    {
        if (received.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        received.Slice(0, HeaderBytes).CopyTo(header);
        var length = (header[3] << 8) | header[4];
        return length > MaxRecord || received.Length >= HeaderBytes + length;
    }
}
