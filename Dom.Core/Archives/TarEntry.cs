using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Archives;

/// <summary>One member of a tar archive as it stands there: nothing is normalised or checked against other members.</summary>
public sealed class TarEntry
{
    /// <summary>Bytes of the uncompressed archive before its header.</summary>
    public required long Offset { get; init; }

    /// <summary>The name, with slashes at its ends as they were written.</summary>
    public required UnixPath Name { get; init; }

    /// <summary>Kind, metadata, size, and target or device; the content is not known yet. Of a hard link only the time means something.</summary>
    public required Inode Inode { get; init; }

    /// <summary>For a hard link, the name of the earlier member it is another name of; else empty.</summary>
    public UnixPath LinkTarget { get; init; }

    /// <summary>True for another name of an earlier member.</summary>
    public bool IsHardLink => !LinkTarget.IsEmpty;

    /// <summary>ACL in text form that only a name service can turn into numbers (GNU tar's <c>--acls</c>); empty when there is none.</summary>
    public AclText AccessAcl { get; init; }

    /// <summary>The same for what new files in a directory get.</summary>
    public AclText DefaultAcl { get; init; }

    /// <summary>Bytes of the uncompressed archive before the data.</summary>
    public long DataOffset { get; init; }

    /// <summary>What of a file stands in the archive, one piece after another from <see cref="DataOffset"/> on.</summary>
    public IReadOnlyList<TarPiece> Pieces { get; init; } = [];

    /// <summary>A fault of this entry.</summary>
    public ArchiveException Fault(string fault, Exception? inner = null) => new(fault, Offset, Name.ToString(), inner);
}
