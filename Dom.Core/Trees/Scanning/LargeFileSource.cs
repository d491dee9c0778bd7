namespace Dom.Core.Trees.Scanning;

/// <summary>Where a <see cref="LargeFileReader"/> takes the content from.</summary>
public enum LargeFileSource
{
    /// <summary>As programs do: through the page cache.</summary>
    Cache,

    /// <summary>Through the page cache, and only when something of the file is there.</summary>
    MemoryOnly,

    /// <summary>Past the page cache, where the file system can.</summary>
    Disk,
}
