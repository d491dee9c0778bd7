using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

public static class SampleRecords
{
    /// <summary>A record in which every property holds something.</summary>
    public static SampleRecord Full { get; } = new()
    {
        Title = "title ü € 𝄞",
        Leaf = new SampleLeaf { Name = "a", Count = 1, Next = new SampleLeaf { Name = "b", Next = new SampleLeaf { Name = "c" } } },
        Note = "note",
        Parent = new SampleLeaf { Name = "parent" },
        Flag = true,
        Tiny = 255,
        SignedTiny = -128,
        Small = -32768,
        UnsignedSmall = 65535,
        Number = int.MinValue,
        UnsignedNumber = uint.MaxValue,
        Large = long.MinValue,
        UnsignedLarge = ulong.MaxValue,
        Ratio = 0.1f,
        Weight = Math.PI,
        Text = new string('x', 300),
        Mode = SampleMode.Sparse,
        Age = SampleAge.Ancient,
        Bytes = [0, 255],
        Chunk = new byte[70_000],
        Id = ObjectId.Of("content"u8),
        Path = new UnixPath(new byte[] { (byte)'/', 0xff, (byte)'\n' }),
        Wait = TimeSpan.FromMilliseconds(-1500),
        Time = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
        Point = new SamplePoint(1, 2, 3, true, 4.5, "label"),
        MaybeNumber = 0,
        MaybeMode = SampleMode.None,
        MaybeText = "",
        MaybeChunk = new byte[] { 1 },
        MaybeWait = TimeSpan.Zero,
        MaybeLeaf = new SampleLeaf { Name = "leaf" },
        MaybePoint = default(SamplePoint),
        Texts = ["", "one"],
        Leaves = [new SampleLeaf { Name = "x" }, new SampleLeaf { Name = "y" }],
        Points = [default, new SamplePoint(1, 1, 1, false, double.NaN)],
        MaybeTexts = ["one", null],
        Table = [[], [1, 2], [-3]],
        Objects = new Dictionary<string, ObjectId> { ["b"] = ObjectId.Of("b"u8), ["a"] = default },
        MaybeGroups = new Dictionary<string, IReadOnlyList<UnixPath>> { ["g"] = [UnixPath.Of("/etc/x"), UnixPath.Root] },
        URLCount = 7,
        Event = "event",
    };
}
