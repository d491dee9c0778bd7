using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>What a machine is doing during a fast update. The stream ends when each machine had its final message, or when the time is over.</summary>
[MessagePackObject]
public sealed partial record FastUpdateProgress
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Status word, as in docs/master.md.</summary>
    public string Status { get; init; } = "";

    /// <summary>More about it, for people.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Time since the request.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>True for the last message about this machine.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True when the machine is in sync; in its final message false means that it is not, and <see cref="Status"/> why.</summary>
    public bool IsSynced { get; init; }
}
