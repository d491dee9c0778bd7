namespace Dom.Core.Contracts.Dominator;

/// <summary>What happened to a machine. Numbers are part of the protocol.</summary>
public enum HistoryKind : byte
{
    /// <summary>How much it deviates has changed.</summary>
    Deviation = 1,

    /// <summary>Another image is required.</summary>
    Required = 2,

    /// <summary>It was told to carry out a plan.</summary>
    UpdateBegun = 3,

    /// <summary>An update ended, well or not.</summary>
    UpdateEnded = 4,

    /// <summary>It stopped answering.</summary>
    Lost = 5,

    /// <summary>It answers again.</summary>
    Answers = 6,

    /// <summary>Its turn to be brought to an image failed.</summary>
    TurnFailed = 7,

    /// <summary>A person did something with it, or with all machines.</summary>
    Control = 8,

    /// <summary>It has rebooted.</summary>
    Rebooted = 9,
}
