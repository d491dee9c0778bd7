namespace Dom.Core.Trees.Scanning;

/// <summary>How much a scan trusts what was recorded before.</summary>
public enum ScanMode
{
    /// <summary>Status of everything; the content of a file whose inode, size and times are unchanged is taken from the previous snapshot.</summary>
    Sweep,

    /// <summary>The content of every file is read again, which finds what changed without a trace: a decaying disk, writes to the device.</summary>
    Scrub,
}
