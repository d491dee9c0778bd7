namespace Dom.Core.Trees.Scanning;

/// <summary>How a scanner works.</summary>
public sealed record ScanOptions
{
    /// <summary>Threads that read directories and contents, 1 to 64.</summary>
    public int Threads
    {
        get;
        init => field = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Threads is 1 to 64");
    } = 2;

    /// <summary>A further thread reads ahead while a large file is hashed.</summary>
    public bool ReadAhead { get; init; } = true;

    /// <summary>Nice value 15 and the idle I/O class for all threads of a scan.</summary>
    public bool Background { get; init; }

    /// <summary>
    /// No scan waits for the content of a larger file: it stays unread (<see cref="Inode.IsUnread"/>) until a <see cref="LargeFileReader"/> has read it. Nor for that
    /// of a file of which most is a hole: its size costs who made it nothing. Null: scans read everything.
    /// </summary>
    public long? LargeFile { get; init; }

    /// <summary>With <see cref="LargeFile"/>, most bytes of content that a sweep reads of files above 1 MiB; what is left is read by the next ones.</summary>
    public long MaxSweepBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Times of a file system are no finer than this: what changed so shortly before it was read is read again by the next scan.
    /// <see cref="FileSystemProbe"/> measures it.
    /// </summary>
    public TimeSpan TimeGranularity { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
