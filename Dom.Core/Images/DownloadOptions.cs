namespace Dom.Core.Images;

/// <summary>How a download uses the network.</summary>
public sealed record DownloadOptions
{
    /// <summary>Streams at a time.</summary>
    public int Streams { get; init; } = 4;

    /// <summary>How fast all streams together may be.</summary>
    public DownloadLimit Limit { get; init; } = new();
}
