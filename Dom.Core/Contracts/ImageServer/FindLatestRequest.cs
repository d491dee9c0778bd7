using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Asks for the image that was added last.</summary>
[MessagePackObject]
public sealed partial record FindLatestRequest
{
    /// <summary>In this directory or below; empty for all.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Only in the directory itself; with an empty one those in none.</summary>
    public bool NotBelow { get; init; }

    /// <summary>Leave images that expire out.</summary>
    public bool IgnoreExpiring { get; init; }

    /// <summary>Only images that have all these tags with these values; an empty value matches any.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
