using System.Buffers;
using System.Security.Cryptography;

namespace Dom.Core.Objects;

/// <summary>Hashes what is read and compares before the last bytes are handed out.</summary>
internal sealed class VerifyingObjectReader(ObjectReader inner, ObjectId id) : ObjectReader
{
    private const int SkipBuffer = 128 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    /// <inheritdoc/>
    public override long Size => inner.Size;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty || (_position == Size && Size > 0))
        {
            return 0;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken);
        _position += read;
        if (read == 0 || _position > Size)
        {
            throw new CorruptObjectException(id, $"it has {(read == 0 ? _position : $"more than {Size}")} bytes, not {Size}");
        }

        _hash.AppendData(buffer.Span[..read]);
        if (_position == Size)
        {
            Verify();
        }

        return read;
    }

    /// <summary>Reads over the first bytes.</summary>
    internal async ValueTask SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytes <= 0)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(SkipBuffer);
        try
        {
            for (var left = bytes; left > 0;)
            {
                var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
                if (read == 0)
                {
                    return;
                }

                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        inner.Dispose();
    }

    private void Verify()
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        _hash.GetHashAndReset(digest);
        var actual = new ObjectId(digest);
        if (actual != id)
        {
            throw new CorruptObjectException(id, $"the {Size} bytes stored have the digest {actual}");
        }
    }
}
