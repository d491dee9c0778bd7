using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>What a scan found.</summary>
public sealed record ScanResult
{
    /// <summary>The snapshot. The same object as the previous one when nothing changed.</summary>
    public required MachineTree Tree { get; init; }

    /// <summary>Files whose content was read.</summary>
    public required long FilesRead { get; init; }

    /// <summary>Bytes of content read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Files that change all the time, read at most once a minute.</summary>
    public required IReadOnlyList<HotFile> Hot { get; init; }

    /// <summary>Files whose content is another than recorded though nothing about them says they were changed; at most 1,000 are named.</summary>
    public required IReadOnlyList<UnixPath> ChangedSilently { get; init; }

    /// <summary>Files whose content was read through the page cache although <see cref="ScanRequest.Direct"/> was asked for: the file system refuses O_DIRECT.</summary>
    public required long DirectRefused { get; init; }

    /// <summary>Processor time of the scanning threads.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
