using System.Buffers;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Interop.MessagePack;

/// <summary>Two implementations that share no code with ours read what we write, and we read what they write.</summary>
[TestFixture(MessagePackPeer.Python)]
[TestFixture(MessagePackPeer.Node)]
[Category("interop")]
public sealed class MessagePackInteropTests(string name)
{
    private MessagePackPeer _peer;

    [OneTimeSetUp]
    public async Task Start() => _peer = await MessagePackPeer.StartAsync(name);

    [Test]
    [CancelAfter(120_000)]
    public async Task Every_form_of_the_specification_means_the_same_to_both()
    {
        Int128[] integers =
        [
            0, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, 1L + uint.MaxValue, long.MaxValue, ulong.MaxValue,
            -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, long.MinValue,
        ];
        int[] lengths = [0, 1, 2, 3, 4, 8, 15, 16, 17, 31, 32, 255, 256, 65_535, 65_536];
        long[] instants = [0, 1, 1_500, uint.MaxValue * 1000L, (1L << 34) * 1000, ((1L << 34) * 1000) - 1, -1, -62_135_596_800_000];
        List<object?> values =
        [
            null, true, false, 0.1, -1.5e300, double.Epsilon, double.PositiveInfinity, double.NegativeInfinity,
            .. integers.Cast<object>(),
            .. lengths.Select(length => new string('ü', length / 2)),
            .. lengths.Select(length => new byte[length]),
            .. lengths.Select(length => (object)new MessagePackExtension(42, new byte[length])),
            .. lengths.Select(length => Enumerable.Repeat<object?>(null, length).ToList()),
            .. lengths.Select(length => Enumerable.Range(0, length).Select(i => KeyValuePair.Create((object?)$"k{i}", (object?)true)).ToList()),
            .. instants.Select(Timestamp),
        ];

        await ExpectSameAsync(values);
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Random_values_mean_the_same_to_both()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);

        for (var rounds = Counts.Of(1, 30); rounds > 0; rounds--)
        {
            await ExpectSameAsync(Enumerable.Range(0, 500).Select(_ => InteropValue.Random(random)).ToList());
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_contract_survives_a_peer_that_reorders_it_and_adds_to_it()
    {
        var record = SampleRecords.Full with { Points = [new SamplePoint(1, 2, 3, true, 4)] };
        var bytes = MessagePackSerializer.Serialize(record);

        var answer = await _peer.AskAsync("reorder", bytes);

        Assert.That(answer, Is.Not.EqualTo(bytes));
        Assert.That(MessagePackSerializer.Serialize(MessagePackSerializer.Deserialize<SampleRecord>(answer)), Is.EqualTo(bytes));
    }

    /// <summary>The peer must describe each value as we do and write it with the very bytes that we write.</summary>
    private async Task ExpectSameAsync(List<object?> values)
    {
        var limits = new MessagePackLimits { MaxElements = int.MaxValue, MaxLength = int.MaxValue };
        var answer = await _peer.AskAsync("describe", ValueTree.Encode(values));
        var seen = (List<object?>?)ValueTree.Decode(new ReadOnlySequence<byte>(answer), limits);

        Assert.That(seen, Has.Count.EqualTo(values.Count));
        foreach (var (value, item) in values.Zip(seen ?? []))
        {
            var (kind, text) = InteropValue.Describe(value);
            Assert.That(item, Is.TypeOf<List<object?>>());
            if (item is List<object?> triple)
            {
                Assert.That(triple, Has.Count.EqualTo(3));
                Assert.That((triple[0], triple[1]), Is.EqualTo(((object?)kind, (object?)text)));
                Assert.That(ValueTree.Encode(triple[2]), Is.EqualTo(ValueTree.Encode(value)), $"{kind} {text}");
            }
        }
    }

    private static object Timestamp(long milliseconds)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteTimestamp(MessagePackTimestamp.From(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)));
        writer.Flush();
        var extension = new MessagePackReader(output.WrittenMemory).ReadExtension();
        return extension;
    }
}
