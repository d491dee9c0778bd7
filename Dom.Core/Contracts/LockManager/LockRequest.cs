using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Asks for a slot of a group.</summary>
[MessagePackObject]
public sealed partial record LockRequest
{
    /// <summary>The group; empty for <c>default</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>The name under which the slot is held.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How long to wait for a slot; zero to be told at once. A server waits for at most a day.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How long the slot will be held, as far as the asker knows; zero when it does not. Longer is an alarm.</summary>
    public TimeSpan Expected { get; init; }

    /// <summary>The boot id of the machine, by which a later boot of it is told.</summary>
    public string BootId { get; init; } = "";

    /// <summary>Holding the slot already is an error, as in locksmith.</summary>
    public bool Strict { get; init; }
}
