namespace Dom.Core.Contracts.Subd;

/// <summary>What a sub is doing, as far as updates are concerned. Numbers are part of the protocol.</summary>
public enum SubPhase : byte
{
    /// <summary>No complete scan by this process yet: no plan is offered.</summary>
    Scanning = 0,

    /// <summary>Nothing under way.</summary>
    Idle = 1,

    /// <summary>Manifest, blocks or objects are being fetched.</summary>
    Fetching = 2,

    /// <summary>Update: new inodes are being made ready beside the tree.</summary>
    Preparing = 3,

    /// <summary>Update: services are being stopped.</summary>
    Stopping = 4,

    /// <summary>Update: inodes are being swapped.</summary>
    Swapping = 5,

    /// <summary>Update: services are being started.</summary>
    Starting = 6,

    /// <summary>After a crash: the journal is being finished.</summary>
    Recovering = 7,
}
