using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>Names that are keywords or locals of generated code, nil that is required, and shapes that are rare.</summary>
[MessagePackObject]
public sealed partial record SampleOddity(int Positional, string? Optional = null)
{
    public static int Default { get; set; } = 5;

    public required ulong @event { get; init; }

    public int Pairs { get; init; }

    public int Key { get; init; }

    public int Reader { get; init; }

    public required string? A { get; init; }

    public required int? B { get; init; }

    public required SampleOddity? C { get; init; }

    public SampleOuter.Inner.Nested[][] Table { get; init; } = [];

    public IReadOnlyList<SampleOuter.Inner.Nested?>? List { get; init; }

    public UnixFileMode FileMode { get; init; }

    public TimeSpan Wait { get; init; } = TimeSpan.Zero;
}
