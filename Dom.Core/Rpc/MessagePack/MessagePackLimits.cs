namespace Dom.Core.Rpc.MessagePack;

/// <summary>What a reader accepts. Every limit is checked before memory is taken for what a header promises.</summary>
public sealed record MessagePackLimits
{
    /// <summary>The deepest nesting any limits can allow; a reader's bookkeeping for it fits the stack.</summary>
    public const int HighestDepth = 256;

    /// <summary>The limits of ordinary requests and responses.</summary>
    public static MessagePackLimits Default { get; } = new();

    /// <summary>The default limits, refusing every form that is not the shortest: for what is named by its digest.</summary>
    public static MessagePackLimits CanonicalForm { get; } = new() { Canonical = true };

    /// <summary>How deep arrays and maps may be nested; 1 to <see cref="HighestDepth"/>.</summary>
    public int MaxDepth
    {
        get;
        init => field = value is > 0 and <= HighestDepth
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxDepth is 1 to {HighestDepth}");
    } = 64;

    /// <summary>The longest string, binary or extension, in bytes.</summary>
    public int MaxLength { get; init; } = 16 << 20;

    /// <summary>The most elements of all arrays and maps of the input together; a key and its value count as two.</summary>
    public int MaxElements { get; init; } = 1 << 18;

    /// <summary>Refuse integers, lengths and counts that are not written in the shortest form, and floating point numbers of another width than asked for.</summary>
    public bool Canonical { get; init; }
}
