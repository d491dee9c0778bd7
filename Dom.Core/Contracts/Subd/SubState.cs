using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>How a machine is, for people: what polls report, and who directs it.</summary>
[MessagePackObject]
public sealed partial record SubState
{
    /// <summary>What polls report.</summary>
    public required PollResponse Reported { get; init; }

    /// <summary>The master that holds the machine; null when none does.</summary>
    public MasterHold? Holder { get; init; }

    /// <summary>The image that is required; null before the first poll of a master, and when it requires none.</summary>
    public ImageReference? Required { get; init; }

    /// <summary>The image that will be next; null when none is known.</summary>
    public ImageReference? Planned { get; init; }

    /// <summary>True when the machine is equal to <see cref="Required"/>.</summary>
    public bool IsCompliant { get; init; }

    /// <summary>True while the master says that nothing may be fetched or changed.</summary>
    public bool Halted { get; init; }

    /// <summary>True while programs wait for processor, disk or memory.</summary>
    public bool UnderPressure { get; init; }

    /// <summary>Files whose content was not read yet.</summary>
    public long Unread { get; init; }
}
