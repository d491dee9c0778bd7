using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Rule 16's poll. It returns at once when (epoch, generation) is not the sub's current one or the images differ from the last poll's, else when the reported state changes or <see cref="Wait"/> is over. A master that does not hold the machine gets <see cref="PollResponse.HeldBy"/> and nothing else.</summary>
[MessagePackObject]
public sealed partial record PollRequest
{
    /// <summary>Epoch of the last answer; 0 at first.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Generation of the last answer; 0 at first.</summary>
    public ulong Generation { get; init; }

    /// <summary>Who is polling: the master's name, the same over its restarts. With the certificate's user it decides who holds the machine.</summary>
    public string Master { get; init; } = "";

    /// <summary>A random number of the master's process: a new process of the same master takes the machine at once, and the one before loses it.</summary>
    public ulong Instance { get; init; }

    /// <summary>A person wants this master to hold the machine now, whoever does; needs <see cref="Reason"/>.</summary>
    public bool TakeOver { get; init; }

    /// <summary>Who takes the machine over and why; audited by the sub.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The master does not care for the machine any more: another one may have it at once. Nothing else of the poll counts.</summary>
    public bool Release { get; init; }

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
