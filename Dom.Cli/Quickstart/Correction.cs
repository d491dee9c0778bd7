namespace Dom.Cli.Quickstart;

/// <summary>How a deviation was dealt with.</summary>
internal sealed class Correction(Deviation deviation, long start)
{
    /// <summary>What was done to the machine.</summary>
    public Deviation Deviation { get; } = deviation;

    /// <summary>When it was begun, as a timestamp of the clock.</summary>
    public long Start { get; } = start;

    /// <summary>How long after that it stood in the sub's plan.</summary>
    public TimeSpan? Noticed { get; set; }

    /// <summary>How long after that the path was as before.</summary>
    public TimeSpan? Corrected { get; set; }
}
