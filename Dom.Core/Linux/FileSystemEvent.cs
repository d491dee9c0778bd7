namespace Dom.Core.Linux;

/// <summary>One event of a file system, over the buffer it was read into.</summary>
public readonly ref struct FileSystemEvent
{
    /// <summary>What happened.</summary>
    public required FileSystemEventKinds Kinds { get; init; }

    /// <summary>The process that did it; 0 for one that cannot be seen from here.</summary>
    public required int Process { get; init; }

    /// <summary>Key of the directory it happened in, for <see cref="DirectoryHandle.TryOpenByKey"/>; empty when only the inode is known.</summary>
    public ReadOnlySpan<byte> Directory { get; init; }

    /// <summary>The name in <see cref="Directory"/>; <c>.</c> or nothing for the directory itself.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Key of the inode itself; empty when the kernel does not say.</summary>
    public ReadOnlySpan<byte> Inode { get; init; }
}
