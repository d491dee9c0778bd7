using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Roles.Master.Computed;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;
using Dom.Roles.Master.Records;
using Dom.Roles.Master.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Machines;

/// <summary>What all machines of one master share: policy, clock, connections.</summary>
internal sealed record MasterContext
{
    /// <summary>The options.</summary>
    public required MasterOptions Options { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>For jitter; must be safe for several threads.</summary>
    public required Random Random { get; init; }

    /// <summary>Names this master to subs, the same over restarts.</summary>
    public required string MasterId { get; init; }

    /// <summary>A random number of this process: the next one of the same master takes machines over from it at once.</summary>
    public required ulong Instance { get; init; }

    /// <summary>The emergency stop.</summary>
    public required EmergencyStop Stop { get; init; }

    /// <summary>Plans let through the safety stop.</summary>
    public required SafetyClears Clears { get; init; }

    /// <summary>Machines that are paused.</summary>
    public required Pauses Pauses { get; init; }

    /// <summary>The brake.</summary>
    public required Brake Brake { get; init; }

    /// <summary>Machines that may be disrupted.</summary>
    public required Disruptions Disruptions { get; init; }

    /// <summary>Speeds for all subs.</summary>
    public required DurableChoice<SubsConfiguration> Configuration { get; init; }

    /// <summary>Who may read from image servers.</summary>
    public required FetchAdmission Admission { get; init; }

    /// <summary>Image names and digests.</summary>
    public required ImageResolver Images { get; init; }

    /// <summary>The newest images of directories.</summary>
    public required LatestImages Latest { get; init; }

    /// <summary>The file generators.</summary>
    public required FileGenerators Generators { get; init; }

    /// <summary>The image servers.</summary>
    public required ImageServers Servers { get; init; }

    /// <summary>Numbers the changes of machines.</summary>
    public required FleetChanges Changes { get; init; }

    /// <summary>Makes decisions durable.</summary>
    public required MasterState State { get; init; }

    /// <summary>Signs of life of the machines' loops, all as one.</summary>
    public required LoopProgress Turns { get; init; }

    /// <summary>What happened to machines.</summary>
    public required MachineHistory History { get; init; }

    /// <summary>Fetches which deviations machines corrected.</summary>
    public required DriftCollector Drift { get; init; }

    /// <summary>Makes a channel to a machine's sub.</summary>
    public required Func<Machine, RpcChannel> Dial { get; init; }

    /// <summary>Bounds how many machines are connected to at once.</summary>
    public required SemaphoreSlim DialGate { get; init; }

    /// <summary>Counts what happens.</summary>
    public required MasterMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }
}
