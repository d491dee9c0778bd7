using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks for the corrected deviations that the caller does not know yet.</summary>
[MessagePackObject]
public sealed partial record GetDriftRequest
{
    /// <summary>The log <see cref="After"/> belongs to (<see cref="PollResponse.DriftLog"/>); 0 or another than the sub's: everything is sent.</summary>
    public ulong Log { get; init; }

    /// <summary>The last number the caller has; 0 for everything.</summary>
    public long After { get; init; }
}
