using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>Reads the contents that no scan waits for (<see cref="ScanOptions.LargeFile"/>), each on a thread of its own, beside the scans.</summary>
/// <remarks>
/// After every slice it looks whether the file still is what the snapshot says and still has a name: nobody reads on in what was changed or deleted.
/// What it finds is brought into a snapshot by <see cref="TreeScanner.RescanAsync"/> with <see cref="ScanRequest.Contents"/>. The root handle stays the caller's.
/// </remarks>
public sealed class LargeFileReader(DirectoryHandle root, ScanOptions options)
{
    private const int SliceBytes = 1 << 20;
    private const int ChunkBytes = 128 * 1024;

    /// <summary>Reads a file from its start to its end.</summary>
    /// <param name="file">The file as a snapshot has it.</param>
    /// <param name="limiter">Bounds the speed; none for full speed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="source">Where the content is taken from.</param>
    public Task<LargeFileReading> ReadAsync(UnreadFile file, ReadLimiter? limiter, CancellationToken cancellationToken, LargeFileSource source = LargeFileSource.Cache) =>
        ScanThread.Run(() => Read(file, limiter, source, cancellationToken), "dom read", options.Background, cancellationToken);

    private LargeFileReading Read(in UnreadFile file, ReadLimiter? limiter, LargeFileSource source, CancellationToken cancellationToken)
    {
        var error = TryOpenParent(file.Path, out var parent);
        if (parent is null)
        {
            return new LargeFileReading { Error = error is Errno.ENOTDIR or Errno.ELOOP ? Errno.ENOENT : error };
        }

        using (parent)
        {
            error = parent.TryGetStatus(file.Path.Name, out var status);
            if (error != Errno.None || !IsReadable(status, file))
            {
                return new LargeFileReading { Error = error == Errno.None ? Errno.ESTALE : error };
            }

            error = parent.TryOpenForContent(file.Path.Name, source == LargeFileSource.Disk, out var handle, out var isDirect);
            if (handle is null)
            {
                return new LargeFileReading { Error = error, Status = status };
            }

            using (handle)
            {
                if (source == LargeFileSource.MemoryOnly && !handle.IsCached())
                {
                    return new LargeFileReading { Error = Errno.ESTALE };
                }

                handle.Advise(FileAdvice.Sequential);
                return Read(handle, isDirect, status, limiter, cancellationToken);
            }
        }
    }

    /// <summary>True for the inode of the snapshot, unchanged since, and for so long that a further change would show in its times.</summary>
    private bool IsReadable(in FileStatus status, in UnreadFile file) =>
        status.Kind == FileKind.Regular && status.Size == file.Size && file.Facts.AgreeWith(status)
        && status.ChangeTime < FileTime.From(options.Time.GetUtcNow() - options.TimeGranularity);

    private LargeFileReading Read(FileHandle file, bool direct, in FileStatus expected, ReadLimiter? limiter, CancellationToken cancellationToken)
    {
        var start = options.Time.GetTimestamp();
        var chunk = new AlignedBuffer(ChunkBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        var error = Errno.None;
        while (error == Errno.None && length < expected.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var end = Math.Min(length + SliceBytes, expected.Size); error == Errno.None && length < end;)
            {
                var wanted = (int)Math.Min(ChunkBytes, end - length);
                limiter?.Pay(wanted, cancellationToken);
                error = file.TryRead(direct ? chunk.Span : chunk.Span[..wanted], out var count);
                count = Math.Min(count, wanted);

                // Only whole chunks can be read directly: what was cut is another file than expected.
                error = direct && error == Errno.EINVAL ? Errno.ESTALE : error;
                hash.AppendData(chunk.Span[..count]);
                length += count;
                error = error == Errno.None && count == 0 ? Errno.ESTALE : error;
            }

            var now = default(FileStatus);
            error = error == Errno.None ? file.TryGetStatus(out now) : error;
            error = error != Errno.None ? error : now.Links == 0 ? Errno.ENOENT : now.IsUnchangedSince(expected) ? Errno.None : Errno.ESTALE;
        }

        Span<byte> digest = stackalloc byte[ObjectId.Size];
        hash.GetHashAndReset(digest);
        return new LargeFileReading
        {
            Error = error,
            Status = expected,
            Content = error == Errno.None ? new ObjectId(digest) : default,
            BytesRead = length,
            Duration = options.Time.GetElapsedTime(start),
        };
    }

    /// <summary>Goes down name by name: whatever stands in the place of a directory meanwhile, no symbolic link is followed.</summary>
    private Errno TryOpenParent(UnixPath path, out DirectoryHandle? parent)
    {
        var error = root.TryOpenDirectory("."u8, out parent);
        var above = path.Parent;
        foreach (var range in above.Span.Split((byte)'/'))
        {
            var name = above.Span[range];
            if (name.IsEmpty || parent is null)
            {
                continue;
            }

            error = parent.TryOpenDirectory(name, out var next);
            parent.Dispose();
            parent = next;
        }

        return error;
    }
}
