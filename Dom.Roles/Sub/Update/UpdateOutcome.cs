using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>What an update did.</summary>
public sealed record UpdateOutcome
{
    /// <summary>The update it was.</summary>
    public required JournalHeader Header { get; init; }

    /// <summary>How it ended.</summary>
    public required UpdateCode Code { get; init; }

    /// <summary>Why it did not end well, for people; empty when it did.</summary>
    public string Message { get; init; } = "";

    /// <summary>True when the first rename was reached: the tree changed.</summary>
    public bool Swapped { get; init; }

    /// <summary>Steps that failed.</summary>
    public IReadOnlyList<StepFault> Failures { get; init; } = [];

    /// <summary>Paths left alone because something else stands there since the last look; the next comparison sees them.</summary>
    public IReadOnlyList<StepFault> Held { get; init; } = [];

    /// <summary>Steps that were not part of the update any more when its swap began, since what they were made for had moved; the next plan has them.</summary>
    public IReadOnlyList<StepFault> LeftOut { get; init; } = [];

    /// <summary>Directories that gave way and unexpectedly held something: they are put aside, and the reason says where.</summary>
    public IReadOnlyList<StepFault> Kept { get; init; } = [];

    /// <summary>Paths that may have changed and are to be read again.</summary>
    public IReadOnlyList<UnixPath> Touched { get; init; } = [];

    /// <summary>Services whose action failed.</summary>
    public IReadOnlyList<string> FailedServices { get; init; } = [];

    /// <summary>Those of them that this update's triggers name: what was down before does not count. After a crash all, since nobody knows any more.</summary>
    public IReadOnlyList<string> FailedTriggers { get; init; } = [];

    /// <summary>What the services wrote of which an action failed.</summary>
    public IReadOnlyList<ServiceLog> ServiceLogs { get; init; } = [];

    /// <summary>The machine is to reboot.</summary>
    public bool Reboots { get; init; }

    /// <summary>How long the swap took.</summary>
    public TimeSpan SwapTime { get; init; }
}
