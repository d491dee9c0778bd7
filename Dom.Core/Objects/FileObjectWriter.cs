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
    internal void Resume(long atMost, CancellationToken cancellationToken)
    {
        var there = file.GetStatus().Size;
        HashTo(Math.Min(there, atMost), cancellationToken);
        if (_position < there)
        {
            file.SetSize(_position);
        }

        // Reserving the space now makes a full disk show before the bytes travel.
        if (size >= FileObjectStore.MinPartial)
        {
            Allocate();
        }
    }

    /// <summary>Takes the blocks of another file, in place of what an earlier writer left, and hashes them as they are here now.</summary>
    internal bool TryClone(FileHandle original, CancellationToken cancellationToken)
    {
        file.SetSize(0);
        if (!file.TryCloneFrom(original))
        {
            return false;
        }

        // Until it is committed it is worth nothing.
        _broken = true;
        if (file.GetStatus().Size == size)
        {
            HashTo(size, cancellationToken);
        }

        return true;
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

        if (!_finished && (_broken || !primary || _position < FileObjectStore.MinPartial))
        {
            store.Discard(id, name, primary);
        }

        Release();
    }

    /// <summary>Closes what is open, and leaves what was there.</summary>
    internal void Release()
    {
        _disposed = true;
        file.Dispose();
        _hash.Dispose();
        store.ReleaseName(id, primary);
    }

    private void HashTo(long end, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        try
        {
            while (_position < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var want = (int)Math.Min(end - _position, buffer.Length);
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
