using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Speeds that the master sets for all subs; what is 0 is left as configured on each machine. Each poll carries them, so a restart of the sub loses nothing.</summary>
[MessagePackObject]
public sealed partial record SubSettings
{
    /// <summary>How fast contents are read again in the background, in percent of the speed of the first scan; 0 to 100.</summary>
    public double ScanSpeedPercent { get; init; }

    /// <summary>The part of the network's speed that fetching may use when the grant sets no limit, in percent; 0 to 100.</summary>
    public double NetworkSpeedPercent { get; init; }
}
