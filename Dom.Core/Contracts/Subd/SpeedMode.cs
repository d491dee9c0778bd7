namespace Dom.Core.Contracts.Subd;

/// <summary>How speeds of one machine are set. Numbers are part of the protocol.</summary>
public enum SpeedMode : byte
{
    /// <summary>The percentages that are named; the machine's pressure counts as ever.</summary>
    Percent = 0,

    /// <summary>Contents are read again as fast as the device gives them, also while programs wait.</summary>
    Boost = 1,

    /// <summary>Reading again is nearly stopped, as if the machine were short of everything.</summary>
    Shed = 2,

    /// <summary>What was set is taken back.</summary>
    Reset = 3,
}
