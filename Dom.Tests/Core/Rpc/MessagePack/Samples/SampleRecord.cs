using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>One property of every kind that a contract can have.</summary>
[MessagePackObject]
public sealed partial record SampleRecord
{
    public required string Title { get; init; }

    public required SampleLeaf Leaf { get; init; }

    public required string? Note { get; init; }

    public required SampleLeaf? Parent { get; init; }

    public bool Flag { get; init; }

    public byte Tiny { get; init; }

    public sbyte SignedTiny { get; init; }

    public short Small { get; init; }

    public ushort UnsignedSmall { get; init; }

    public int Number { get; init; }

    public uint UnsignedNumber { get; init; }

    public long Large { get; init; }

    public ulong UnsignedLarge { get; init; }

    public float Ratio { get; init; }

    public double Weight { get; init; }

    public string Text { get; init; } = "";

    public SampleMode Mode { get; init; }

    public SampleAge Age { get; init; }

    public byte[] Bytes { get; init; } = [];

    public ReadOnlyMemory<byte> Chunk { get; init; }

    public ObjectId Id { get; init; }

    public UnixPath Path { get; init; }

    public TimeSpan Wait { get; init; }

    public DateTimeOffset Time { get; init; }

    public SamplePoint Point { get; init; }

    public int? MaybeNumber { get; init; }

    public SampleMode? MaybeMode { get; init; }

    public string? MaybeText { get; init; }

    public ReadOnlyMemory<byte>? MaybeChunk { get; init; }

    public TimeSpan? MaybeWait { get; init; }

    public SampleLeaf? MaybeLeaf { get; init; }

    public SamplePoint? MaybePoint { get; init; }

    public IReadOnlyList<string> Texts { get; init; } = [];

    public IReadOnlyList<SampleLeaf> Leaves { get; init; } = [];

    public SamplePoint[] Points { get; init; } = [];

    public IReadOnlyList<string?>? MaybeTexts { get; init; }

    public IReadOnlyList<IReadOnlyList<int>> Table { get; init; } = [];

    public IReadOnlyDictionary<string, ObjectId> Objects { get; init; } = new Dictionary<string, ObjectId>();

    public IReadOnlyDictionary<string, IReadOnlyList<UnixPath>>? MaybeGroups { get; init; }

    public int URLCount { get; init; }

    public string Event { get; init; } = string.Empty;

    /// <summary>Computed, therefore no part of the message.</summary>
    public int TextCount => Texts.Count;
}
