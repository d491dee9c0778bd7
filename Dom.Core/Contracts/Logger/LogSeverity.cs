namespace Dom.Core.Contracts.Logger;

/// <summary>How important a log line is. Numbers are part of the protocol.</summary>
public enum LogSeverity : byte
{
    /// <summary>Every single step; may be a flood.</summary>
    Trace = 0,

    /// <summary>What helps to find a fault.</summary>
    Debug = 1,

    /// <summary>What happens in normal work.</summary>
    Information = 2,

    /// <summary>Somebody should look at it soon.</summary>
    Warning = 3,

    /// <summary>Something failed.</summary>
    Error = 4,

    /// <summary>The role cannot do its work.</summary>
    Critical = 5,
}
