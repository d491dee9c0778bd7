using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>Reads files and computes their SHA-256. One for each thread.</summary>
internal sealed partial class ContentHasher(ReadLimiter? limiter, bool readAhead) : IDisposable
{
    /// <summary>Larger reads gain nothing: 64 KiB stay in the cache next to the core between reading and hashing.</summary>
    private const int ChunkBytes = 64 * 1024;

    private readonly AlignedBuffer _chunk = new(ChunkBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Hashes a file from its start up to a size; what was appended since is left to the status check.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="direct">It is open with O_DIRECT: reads are of whole chunks, also at the end.</param>
    /// <param name="size">Bytes to expect, at least 1.</param>
    /// <param name="content">The digest.</param>
    /// <param name="length">Bytes read: less than <paramref name="size"/> when the file was cut.</param>
    /// <param name="cancellationToken">Ends the reading between two chunks.</param>
    internal Errno Hash(FileHandle file, bool direct, long size, out ObjectId content, out long length, CancellationToken cancellationToken)
    {
        if (size >= ReadAheadFrom && readAhead)
        {
            return HashWithReadAhead(file, direct, size, out content, out length, cancellationToken);
        }

        content = default;
        length = 0;
        var whole = size <= ChunkBytes;
        while (length < size)
        {
            var wanted = (int)Math.Min(ChunkBytes, size - length);
            limiter?.Pay(wanted, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var error = file.TryRead(direct ? _chunk.Span : _chunk.Span[..wanted], out var count);
            if (error != Errno.None)
            {
                Discard();
                return error;
            }

            if (count == 0)
            {
                break;
            }

            count = Math.Min(count, wanted);
            length += count;
            if (whole && length == size && count == length)
            {
                content = ObjectId.Of(_chunk.Span[..count]);
                return Errno.None;
            }

            _hash.AppendData(_chunk.Span[..count]);
        }

        content = length == 0 ? default : Finish();
        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private ObjectId Finish()
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        _hash.GetHashAndReset(digest);
        return new ObjectId(digest);
    }

    private void Discard()
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        _hash.GetHashAndReset(digest);
    }
}
