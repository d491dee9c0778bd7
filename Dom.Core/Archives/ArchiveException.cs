namespace Dom.Core.Archives;

/// <summary>An archive is damaged, cut off, or holds what cannot become part of a tree. The message names the entry and its place.</summary>
public sealed class ArchiveException : FormatException
{
    /// <summary>A fault of the archive as a whole.</summary>
    public ArchiveException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>A fault at a place of the archive.</summary>
    /// <param name="fault">What is wrong, to follow the place: <c>its checksum is wrong</c>.</param>
    /// <param name="offset">Bytes of the uncompressed archive before the header of the entry.</param>
    /// <param name="entry">Name of the entry as people read it; empty when the fault is in front of any name.</param>
    /// <param name="inner">What was found first.</param>
    public ArchiveException(string fault, long offset, string entry = "", Exception? inner = null)
        : base(entry.Length > 0 ? $"the entry '{entry}' at byte {offset} of the archive: {fault}" : $"at byte {offset} of the archive: {fault}", inner)
    {
        Offset = offset;
        Entry = entry;
    }

    /// <summary>Bytes of the uncompressed archive before the entry; -1 when the fault has no place.</summary>
    public long Offset { get; } = -1;

    /// <summary>Name of the entry as people read it; empty when there is none.</summary>
    public string Entry { get; } = "";
}
