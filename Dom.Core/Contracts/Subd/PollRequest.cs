using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Rule 16's poll. It returns at once when (epoch, generation) is not the sub's current one or the images differ from the last poll's, else when the reported state changes or <see cref="Wait"/> is over.</summary>
[MessagePackObject]
public sealed partial record PollRequest
{
    /// <summary>Epoch of the last answer; 0 at first.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Generation of the last answer; 0 at first.</summary>
    public ulong Generation { get; init; }

    /// <summary>Who is polling: an id of the master's process, for <see cref="PollResponse.OtherMaster"/>.</summary>
    public string Master { get; init; } = "";

    /// <summary>The image the machine must be equal to; null when it has none.</summary>
    public ImageReference? Required { get; init; }

    /// <summary>The image it will need next; null when none.</summary>
    public ImageReference? Planned { get; init; }

    /// <summary>Longest wait, at most 5 minutes.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Emergency stop, pause or per-machine disable: fetch and prepare end at once (rule 19).</summary>
    public bool Halt { get; init; }

    /// <summary>How long directions given so far stay valid from now (rule 19).</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>Speeds that the master sets; null for those configured on the machine.</summary>
    public SubSettings? Settings { get; init; }
}
