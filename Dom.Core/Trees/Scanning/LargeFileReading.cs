using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>What came of reading a large file beside the scans.</summary>
public readonly record struct LargeFileReading
{
    /// <summary>Why there is no content: ESTALE when the file changed or is another, ENOENT when it is gone, otherwise why it cannot be read.</summary>
    public required Errno Error { get; init; }

    /// <summary>The file before and after it was read; default when it was not reached.</summary>
    public FileStatus Status { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public ObjectId Content { get; init; }

    /// <summary>Bytes read, also of a file that was given up.</summary>
    public long BytesRead { get; init; }

    /// <summary>How long that took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>True when it says something about the file as it is: its content, or that it cannot be read.</summary>
    public bool IsFinal => Status.Inode != 0 && Error is not (Errno.ESTALE or Errno.ENOENT);
}
