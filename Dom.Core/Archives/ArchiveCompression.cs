namespace Dom.Core.Archives;

/// <summary>How an archive is compressed.</summary>
public enum ArchiveCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip; read by .NET.</summary>
    Gzip,

    /// <summary>Zstandard; read by the system's libzstd.</summary>
    Zstandard,

    /// <summary>xz; read by the system's program.</summary>
    Xz,

    /// <summary>bzip2; read by the system's program.</summary>
    Bzip2,
}
