using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks how a machine is. Unlike a poll it takes no hold, names no image and renews nothing: it changes nothing.</summary>
[MessagePackObject]
public sealed partial record GetStateRequest
{
    /// <summary>Epoch of the last answer; 0 at first.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Generation of the last answer; the sub answers at once when its state is another one, else when it is or <see cref="Wait"/> is over.</summary>
    public ulong Generation { get; init; }

    /// <summary>Longest wait, at most 5 minutes; zero for an answer at once.</summary>
    public TimeSpan Wait { get; init; }
}
