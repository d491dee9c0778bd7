namespace Dom.Core.Archives;

/// <summary>Bounds of what a tar archive may make its reader remember. They are checked before memory is taken.</summary>
public sealed record TarLimits
{
    /// <summary>The limits that hold unless others are given.</summary>
    public static TarLimits Default { get; } = new();

    /// <summary>Most bytes of one extended header: names, attributes, sparse maps.</summary>
    public int MaxExtendedHeaderBytes { get; init; } = 16 << 20;

    /// <summary>Most bytes of a path or link target.</summary>
    public int MaxPathBytes { get; init; } = 64 * 1024;

    /// <summary>Most pieces of data in a sparse file.</summary>
    public int MaxSparsePieces { get; init; } = 1 << 18;

    /// <summary>Most bytes of one file, holes included.</summary>
    public long MaxFileBytes { get; init; } = 1L << 44;

    /// <summary>Most bytes that names, attributes and nodes of the whole tree may take in memory.</summary>
    public long MaxTreeBytes { get; init; } = 2L << 30;
}
