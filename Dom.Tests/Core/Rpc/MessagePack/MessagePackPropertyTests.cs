using System.Buffers;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc.MessagePack;

/// <summary>What holds for every value, tried on random ones. The seed of a failure is printed.</summary>
public sealed class MessagePackPropertyTests
{
    [Test]
    public void Every_value_comes_back_and_its_bytes_are_the_same_again() => ForRandomValues((value, _) =>
    {
        var bytes = ValueTree.Encode(value);

        // Equal bytes stand for equal values: NaN would not equal itself.
        Assert.That(ValueTree.Encode(ValueTree.Decode(bytes, MessagePackLimits.CanonicalForm)), Is.EqualTo(bytes));
    });

    [Test]
    public void It_does_not_matter_how_the_input_is_cut_into_segments() => ForRandomValues((value, random) =>
    {
        var bytes = ValueTree.Encode(value);
        var cut = Segments.Cut(bytes, random);

        Assert.That(ValueTree.Encode(ValueTree.Decode(cut, MessagePackLimits.CanonicalForm)), Is.EqualTo(bytes));
    });

    [Test]
    public void Skipping_a_value_consumes_exactly_its_bytes() => ForRandomValues((value, random) =>
    {
        var bytes = ValueTree.Encode(value);
        byte[] followed = [.. bytes, 0xc0];
        var reader = new MessagePackReader(Segments.Cut(followed, random, 100));
        reader.Skip();

        Assert.That(reader.Consumed, Is.EqualTo(bytes.Length));
        Assert.That(reader.TryReadNil(), Is.True);
        Assert.That(reader.End, Is.True);
    });

    [Test]
    public void Every_form_of_a_value_is_understood_and_only_the_shortest_is_canonical() => ForRandomValues((value, random) =>
    {
        var encoder = new LooseEncoder(random);
        encoder.Write(value);
        var loose = encoder.ToArray();
        var shortest = ValueTree.Encode(value);

        Assert.That(ValueTree.Encode(ValueTree.Decode(loose)), Is.EqualTo(shortest));
        Assert.That(loose.AsSpan().SequenceEqual(shortest), Is.Not.EqualTo(encoder.IsLoose));
        if (encoder.IsLoose)
        {
            var fault = Assert.Throws<MessagePackException>(() => ValueTree.Decode(loose, MessagePackLimits.CanonicalForm));
            Assert.That(fault?.Code, Is.EqualTo(MessagePackErrorCode.NotCanonical));
        }
    });

    [Test]
    public void The_writer_needs_no_more_room_than_its_output_offers() => ForRandomValues((value, random) =>
    {
        var output = new SmallBufferWriter(random);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1);
        writer.WriteRaw(ValueTree.Encode(value));
        writer.Flush();

        byte[] expected = [0x91, .. ValueTree.Encode(value)];
        Assert.That(output.Written, Is.EqualTo(expected));
        Assert.That(writer.Written, Is.EqualTo(expected.Length));
    });

    private static void ForRandomValues(Action<object?, Random> property)
    {
        var count = Counts.Of(300, 30_000);
        var seed = Random.Shared.Next();
        for (var i = 0; i < count; i++)
        {
            var random = new Random(seed + i);
            var value = ValueTree.Random(random);
            try
            {
                property(value, random);
            }
            catch (Exception)
            {
                TestContext.Out.WriteLine($"seed {seed + i}");
                throw;
            }
        }
    }

    /// <summary>Hands out as little as it may.</summary>
    private sealed class SmallBufferWriter(Random random) : IBufferWriter<byte>
    {
        private readonly List<byte> _written = [];
        private byte[] _buffer = [];

        public byte[] Written => [.. _written];

        public void Advance(int count) => _written.AddRange(_buffer.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer = new byte[Math.Max(1, sizeHint) + random.Next(3)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
