using System.Buffers;

namespace Dom.Core.Rpc.Framing;

/// <summary>All bytes of a body that holds one message, within a limit.</summary>
internal readonly struct RpcBody : IDisposable
{
    private const int FirstBuffer = 4 * 1024;
    private const int Unreserved = 16 * 1024;

    private readonly byte[] _rented;
    private readonly int _length;

    private RpcBody(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    /// <summary>The bytes, until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Memory => _rented.AsMemory(0, _length);

    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="stream">The body.</param>
    /// <param name="announced">Its length when the sender said it; refused at once when too large.</param>
    /// <param name="maxBytes">Most bytes.</param>
    /// <param name="source">What is read, for errors.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="reserve">Asked before more memory is taken, with all that is needed then; it may refuse.</param>
    /// <exception cref="RpcException">It is larger than allowed.</exception>
    public static async ValueTask<RpcBody> ReadAsync(
        Stream stream, long? announced, int maxBytes, RpcSource source, CancellationToken cancellationToken, Action<int>? reserve = null)
    {
        if (announced > maxBytes)
        {
            throw TooLarge(source, maxBytes);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(announced + 1 ?? FirstBuffer, 1, FirstBuffer));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                length += read;
                if (length > maxBytes)
                {
                    throw TooLarge(source, maxBytes);
                }

                if (read == 0)
                {
                    var body = new RpcBody(buffer, length);
                    buffer = [];
                    return body;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, reserve);
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);

    private static byte[] Grow(byte[] full, Action<int>? reserve)
    {
        if (2 * full.Length > Unreserved)
        {
            reserve?.Invoke(2 * full.Length);
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(larger.AsSpan());
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private static RpcException TooLarge(RpcSource source, int maxBytes) => source.TooLarge($"is larger than the {maxBytes} bytes that are allowed");
}
