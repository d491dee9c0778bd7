using Dom.Roles.Sub.Drift;
using Dom.Roles.Sub.Health;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Reboots;
using Dom.Roles.Sub.Scanning;
using Dom.Roles.Sub.Tools;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub;

/// <summary>The parts a sub is made of, for those that work with several of them.</summary>
internal sealed record SubParts
{
    public required PrivateDirectory Directory { get; init; }

    public required ImageLibrary Library { get; init; }

    public required ComputedSets Computed { get; init; }

    public required Assessor Assessor { get; init; }

    public required TreeWatch Watch { get; init; }

    public required UpdateEngine Engine { get; init; }

    public required ImageMark Applied { get; init; }

    public required ImageMark Begun { get; init; }

    public required ContestedPaths Contested { get; init; }

    public required DriftRecorder Drift { get; init; }

    public required KeptDirectories Kept { get; init; }

    /// <summary>The image that was rolled back here (rule 25), or is to be.</summary>
    public required RolledBackMark RolledBack { get; init; }

    /// <summary>Whether the machine is to reboot for what an update brought.</summary>
    public required RebootMark Reboot { get; init; }

    public required HealthChecks Health { get; init; }

    public required ReportedState State { get; init; }

    public required PathPace Pace { get; init; }

    public StoreGate Stores { get; } = new();

    public NetworkShare Network { get; init; } = new(100);

    public required SpeedControl Speeds { get; init; }

    public required Directions Directions { get; init; }

    public required MachineHold Hold { get; init; }
}
