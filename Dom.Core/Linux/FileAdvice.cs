namespace Dom.Core.Linux;

/// <summary>How a file will be used (posix_fadvise).</summary>
public enum FileAdvice
{
    /// <summary>No particular order.</summary>
    Normal = 0,

    /// <summary>From start to end: read ahead twice as far.</summary>
    Sequential = 2,

    /// <summary>Soon: start reading now.</summary>
    WillNeed = 3,

    /// <summary>Not again soon: drop it from the page cache.</summary>
    DontNeed = 4,
}
