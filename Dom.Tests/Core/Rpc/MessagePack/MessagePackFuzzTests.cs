using System.Buffers;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc.MessagePack;

/// <summary>Wrong messages end in a <see cref="MessagePackException"/> and take memory in proportion to their length, nothing else.</summary>
[Category("fuzz")]
public sealed class MessagePackFuzzTests
{
    /// <summary>What a fault itself may take: the exception, its text and a stack trace that grows with each level it passes.</summary>
    private const int FaultBytes = 96 * 1024;

    /// <summary>Bytes of memory for each byte of input. The worst case is a list of lists of one element: two bytes of input, an object and its array.</summary>
    private const int BytesPerByte = 48;

    [Test]
    public void Mutated_messages_are_read_or_refused()
    {
        var message = MessagePackSerializer.Serialize(SampleRecords.Full with { Chunk = new byte[100], Text = "text" });
        var outcomes = new Dictionary<MessagePackErrorCode, int>();
        var read = 0;

        ForRandomSeeds(random =>
        {
            var input = new MessageMutator(random).Mutate(message);
            var sequence = random.Next(4) == 0 ? Segments.Cut(input, random, 64) : new ReadOnlySequence<byte>(input);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                MessagePackSerializer.Deserialize<SampleRecord>(sequence);
                read++;
            }
            catch (MessagePackException fault)
            {
                outcomes[fault.Code] = outcomes.GetValueOrDefault(fault.Code) + 1;
                Assert.That(fault.Offset, Is.InRange(0, input.Length));
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.That(allocated, Is.LessThan(FaultBytes + ((long)BytesPerByte * input.Length)), $"for {input.Length} bytes");
        });

        // A fuzzer that only ever hits the first check would prove little.
        Assert.That(read, Is.Positive, "some mutations leave the message readable");
        Assert.That(outcomes, Has.Count.GreaterThanOrEqualTo(6), string.Join(", ", outcomes));
    }

    [Test]
    public void The_smallest_elements_take_no_more_memory_than_others()
    {
        foreach (var element in (byte[][])[[0x90], [0x91, 0x00], [0x92, 0x00, 0x00]])
        {
            const int Count = 50_000;
            byte[] input = [0x81, 0xa5, .. "table"u8, 0xdd, 0, Count >> 16, (Count >> 8) & 0xff, Count & 0xff, .. Enumerable.Repeat(element, Count).SelectMany(bytes => bytes)];
            var before = GC.GetAllocatedBytesForCurrentThread();

            Assert.That(Walk(() => MessagePackSerializer.Deserialize<SampleRecord>(input)), Is.EqualTo(MessagePackErrorCode.MissingProperty));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(FaultBytes + (BytesPerByte * input.Length)));
        }
    }

    [Test]
    public void Random_values_with_mutations_are_walked_or_refused() => ForRandomSeeds(random =>
    {
        var input = new MessageMutator(random).Mutate(ValueTree.Encode(ValueTree.Random(random, 3)));
        var walked = Walk(() => ValueTree.Decode(input));

        // Skipping and reading agree on what is sound, except for what only reading looks at.
        var skipped = Walk(() =>
        {
            var reader = new MessagePackReader(input);
            reader.Skip();
            reader.RequireEnd();
        });
        if (walked != MessagePackErrorCode.InvalidText)
        {
            Assert.That(skipped, Is.EqualTo(walked));
        }
    });

    [Test]
    public void Random_bytes_are_refused_without_harm() => ForRandomSeeds(random =>
    {
        var input = new byte[random.Next(200)];
        random.NextBytes(input);

        Walk(() => ValueTree.Decode(input));
        Walk(() => MessagePackSerializer.Deserialize<SampleRecord>(input));
    });

    private static MessagePackErrorCode? Walk(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (MessagePackException fault)
        {
            return fault.Code;
        }
    }

    private static void ForRandomSeeds(Action<Random> property)
    {
        var count = Counts.Of(5_000, 1_000_000);
        var seed = Random.Shared.Next();
        for (var i = 0; i < count; i++)
        {
            try
            {
                property(new Random(seed + i));
            }
            catch (Exception)
            {
                TestContext.Out.WriteLine($"seed {seed + i}");
                throw;
            }
        }
    }
}
