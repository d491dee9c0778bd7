namespace Dom.Core.Images;

/// <summary>How a download uses the network.</summary>
public sealed record DownloadOptions
{
    /// <summary>Streams at a time.</summary>
    public int Streams { get; init; } = 4;

    /// <summary>Most bytes a second of all streams together; 0 means no limit. The server keeps to it.</summary>
    public long BytesPerSecond { get; init; }
}
