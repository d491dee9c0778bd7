using Dom.Core.Linux;
using Dom.Core.Systemd;

namespace Dom.Core.Trees.Scanning;

/// <summary>What one scan is to do.</summary>
public sealed record ScanRequest
{
    /// <summary>How much is trusted.</summary>
    public ScanMode Mode { get; init; } = ScanMode.Sweep;

    /// <summary>What is looked at.</summary>
    public ScanScope Scope { get; init; } = ScanScope.Everything;

    /// <summary>Bounds the speed at which contents are read; none for full speed.</summary>
    public ReadLimiter? Limiter { get; init; }

    /// <summary>Contents that were read beside the scans: each counts for the names of a file that has not changed since.</summary>
    public IReadOnlyCollection<LargeFileReading> Contents { get; init; } = [];

    /// <summary>Contents are read past the page cache (O_DIRECT), where the file system can: what the disk holds, not what programs see.</summary>
    public bool Direct { get; init; }

    /// <summary>In a scrub, files of which nothing is in the page cache are passed over: programs see those as the disk has them.</summary>
    public bool CachedOnly { get; init; }

    /// <summary>Gets a sign of life with every directory listed and every file read: of the loop that waits for this scan.</summary>
    public LoopProgress? Progress { get; init; }

    /// <summary>Called at once, on a scanning thread, with the path of every file that <see cref="ScanResult.ChangedSilently"/> is about.</summary>
    public Action<UnixPath>? SilentChange { get; init; }
}
