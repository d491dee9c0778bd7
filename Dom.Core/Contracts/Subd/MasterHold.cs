using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Which master directs a machine. It does so as long as it polls; every other one is refused.</summary>
[MessagePackObject]
public sealed partial record MasterHold
{
    /// <summary>The name the master has towards subs, the same over its restarts.</summary>
    public required string Master { get; init; }

    /// <summary>The user its certificate names.</summary>
    public required string User { get; init; }

    /// <summary>Since when, by the sub's clock; shown, never used in a decision.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How long ago it polled.</summary>
    public TimeSpan LastPoll { get; init; }

    /// <summary>After this time without a poll of it, whoever polls next has the machine.</summary>
    public TimeSpan Remaining { get; init; }
}
