using System.Buffers;
using System.Security.Cryptography;
using Dom.Core.Linux;

namespace Dom.Core.Objects;

/// <summary>Writes the file of an object in <c>incoming/</c>.</summary>
internal sealed class FileObjectWriter(FileObjectStore store, ObjectId id, long size, FileHandle file, byte[] name, bool primary) : ObjectWriter
{
    private const int ReadBuffer = 128 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;
    private bool _finished;
    private bool _broken;
    private bool _disposed;

    /// <inheritdoc/>
    public override ObjectId Id => id;

    /// <inheritdoc/>
    public override long Size => size;

    /// <inheritdoc/>
    public override long Position => _position;

    /// <summary>Hashes what an earlier writer left, at most so many bytes, and cuts the rest off.</summary>
    internal ValueTask ResumeAsync(long atMost, CancellationToken cancellationToken)
    {
        var there = file.GetStatus().Size;
        var keep = Math.Min(there, atMost);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        try
        {
            while (_position < keep)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var want = (int)Math.Min(keep - _position, buffer.Length);
                var error = file.TryReadAt(_position, buffer.AsSpan(0, want), out var read);
                if (error != Errno.None || read == 0)
                {
                    break; // what cannot be read is written again
                }

                _hash.AppendData(buffer, 0, read);
                _position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_position < there)
        {
            file.SetSize(_position);
        }

        // Reserving the space now makes a full disk show before the bytes travel.
        if (size >= FileObjectStore.MinPartial)
        {
            Allocate();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (bytes.Length > size - _position)
        {
            _broken = true;
            throw new CorruptObjectException(id, $"more than its {size} bytes were sent");
        }

        try
        {
            file.WriteAt(_position, bytes.Span);
        }
        catch (IOException)
        {
            // After a failed write, a full disk above all, nothing is kept of the object.
            _broken = true;
            throw;
        }

        _hash.AppendData(bytes.Span);
        _position += bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> CommitAsync(CancellationToken cancellationToken)
    {
        if (_position != size)
        {
            throw new CorruptObjectException(id, $"only {_position} of its {size} bytes were sent");
        }

        Span<byte> digest = stackalloc byte[ObjectId.Size];
        _hash.GetHashAndReset(digest);
        var actual = new ObjectId(digest);
        if (actual != id)
        {
            _broken = true;
            throw new CorruptObjectException(id, $"the {size} bytes have the digest {actual}");
        }

        _finished = true;
        return new(store.Commit(id, name, size));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        file.Dispose();
        _hash.Dispose();
        if (!_finished && (_broken || !primary || _position < FileObjectStore.MinPartial))
        {
            store.Discard(id, name, primary);
        }

        store.ReleaseName(id, primary);
    }

    private void Allocate()
    {
        try
        {
            file.TryAllocate(size);
        }
        catch (IOException)
        {
            store.Discard(id, name, primary);
            throw;
        }
    }
}
