using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>How a sub is set up: its configuration, and the speeds in force.</summary>
[MessagePackObject]
public sealed partial record SubConfiguration
{
    /// <summary>Most exclusions that are told.</summary>
    public const int MaxExclusions = 1000;

    /// <summary>The managed directory.</summary>
    public string Root { get; init; } = "";

    /// <summary>Paths that are never looked at; the first <see cref="MaxExclusions"/>.</summary>
    public IReadOnlyList<string> ScanExclusions { get; init; } = [];

    /// <summary>How fast contents are read again, in percent of the device's speed: what is in force.</summary>
    public double ScanSpeedPercent { get; init; }

    /// <summary>The same in bytes a second; 0 before the device was measured.</summary>
    public long ScanBytesPerSecond { get; init; }

    /// <summary>What the configuration says of it.</summary>
    public double ConfiguredScanSpeedPercent { get; init; }

    /// <summary>The part of the network that fetching may use when the grant sets no limit: what is in force.</summary>
    public double NetworkSpeedPercent { get; init; }

    /// <summary>What the configuration says of it.</summary>
    public double ConfiguredNetworkSpeedPercent { get; init; }

    /// <summary>What the master sets for all subs; null for nothing.</summary>
    public SubSettings? MasterSettings { get; init; }

    /// <summary>What a person set for this machine, for a time; null for nothing.</summary>
    public SpeedOverride? Override { get; init; }

    /// <summary>How much of one processor reading again what is in memory may take, in percent.</summary>
    public double ScrubCpuPercent { get; init; }

    /// <summary>All contents are to be read from the disk once in this time.</summary>
    public TimeSpan ScrubPeriod { get; init; }

    /// <summary>Longest pause between two looks at every file.</summary>
    public TimeSpan SweepInterval { get; init; }

    /// <summary>Shortest pause between two looks at every file.</summary>
    public TimeSpan MinSweepInterval { get; init; }

    /// <summary>Auto or Off.</summary>
    public string Notice { get; init; } = "";

    /// <summary>True when services are stopped and started here.</summary>
    public bool ManagesServices { get; init; }

    /// <summary>The service that runs the sub.</summary>
    public string OwnService { get; init; } = "";
}
