namespace Dom.Core.Linux;

/// <summary>Size, free space and kind of a file system.</summary>
public readonly struct FileSystemStatus
{
    internal FileSystemStatus(in RawStatfs raw)
    {
        const long readOnly = 1;
        var unit = raw.FragmentSize > 0 ? raw.FragmentSize : raw.BlockSize;
        Kind = (uint)raw.Kind;
        TotalBytes = Bytes(raw.Blocks, unit);
        FreeBytes = Bytes(raw.FreeBlocks, unit);
        AvailableBytes = raw.Blocks == 0 ? long.MaxValue : Bytes(raw.AvailableBlocks, unit);
        TotalInodes = (long)raw.Inodes;
        FreeInodes = (long)raw.FreeInodes;
        IsReadOnly = (raw.Flags & readOnly) != 0;
    }

    /// <summary>The magic number (<c>f_type</c>), such as 0xEF53 for ext4.</summary>
    public uint Kind { get; }

    /// <summary>Size in bytes; 0 when it has none, as one that lives in memory without a limit (ramfs).</summary>
    public long TotalBytes { get; }

    /// <summary>Free bytes, the part reserved for root included.</summary>
    public long FreeBytes { get; }

    /// <summary>The same; <see cref="long.MaxValue"/> when there is no size.</summary>
    public long FreeBytesOrMost => AvailableBytes == long.MaxValue ? long.MaxValue : FreeBytes;

    /// <summary>Free bytes for everybody; <see cref="long.MaxValue"/> when there is no size.</summary>
    public long AvailableBytes { get; }

    /// <summary>Files the file system can hold; 0 when there is no fixed number.</summary>
    public long TotalInodes { get; }

    /// <summary>Files that can still be made; 0 with <see cref="TotalInodes"/> 0 means no fixed number.</summary>
    public long FreeInodes { get; }

    /// <summary>True when mounted read-only.</summary>
    public bool IsReadOnly { get; }

    private static long Bytes(ulong blocks, long unit) => (long)UInt128.Min((UInt128)blocks * (ulong)unit, long.MaxValue);
}
