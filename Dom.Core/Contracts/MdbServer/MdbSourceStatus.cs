using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>The state of one source.</summary>
[MessagePackObject]
public sealed partial record MdbSourceStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind: json, text, hostlist, directory, command.</summary>
    public required string Driver { get; init; }

    /// <summary>Where it is read from.</summary>
    public string Location { get; init; } = "";

    /// <summary>Machines in its last good data.</summary>
    public int Machines { get; init; }

    /// <summary>When it was last read without a fault; null when never.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When its data last changed; null when never.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What is wrong now; empty when nothing is.</summary>
    public string Error { get; init; } = "";

    /// <summary>Since when; null when nothing is wrong.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Reads since the start.</summary>
    public long Reads { get; init; }

    /// <summary>Reads that failed since the start.</summary>
    public long Failures { get; init; }
}
