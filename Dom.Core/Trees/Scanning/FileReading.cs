using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>What came of reading a file.</summary>
internal readonly record struct FileReading
{
    /// <summary>Why it could not be read; ENOENT when it has vanished.</summary>
    internal Errno Error { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    internal ObjectId Content { get; init; }

    /// <summary>The file when the content was read, where it is no longer what the directory reading saw.</summary>
    internal FileStatus? Disturbed { get; init; }

    /// <summary>Its extended attributes then.</summary>
    internal ReadOnlyMemory<byte> Xattrs { get; init; }

    /// <summary>Bytes read, for a disturbed file.</summary>
    internal long Length { get; init; }

    /// <summary>True when it changed while it was read, twice.</summary>
    internal bool Unstable { get; init; }
}
