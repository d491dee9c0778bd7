namespace Dom.Core.Machines;

/// <summary>How large a machine list may be. What exceeds a limit is refused with the limit's name, before memory is taken for it.</summary>
public sealed record MachineListLimits
{
    /// <summary>The limits used when nobody says otherwise.</summary>
    public static MachineListLimits Default { get; } = new();

    /// <summary>Most bytes of the file.</summary>
    public long MaxFileBytes { get; init; } = 512L << 20;

    /// <summary>Most bytes of one entry.</summary>
    public int MaxMachineBytes { get; init; } = 256 << 10;

    /// <summary>Most entries.</summary>
    public int MaxMachines { get; init; } = 200_000;
}
