using Dom.Core.Rpc;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc.Framing;

/// <summary>Messages are found in a stream however it is cut into pieces.</summary>
[CancelAfter(60_000)]
public sealed class RpcFrameReaderTests
{
    [Test]
    public async Task Messages_are_found_however_the_stream_is_cut(CancellationToken cancellationToken)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < Counts.Of(60, 3_000); round++)
        {
            var messages = Enumerable.Range(0, random.Next(1, 20)).Select(_ => RandomValue(random)).ToList();
            var stream = new PiecesStream(messages.SelectMany(bytes => bytes).ToArray(), random, 2_000);
            using var reader = new RpcFrameReader(stream, RpcEncoding.MessagePack, 64 << 20, new RpcSource("a test", IsResponse: false));
            foreach (var message in messages)
            {
                var frame = await reader.ReadAsync(cancellationToken);
                Assert.That(frame?.ToArray(), Is.EqualTo(message), $"seed {seed}, round {round}");
            }

            Assert.That(await reader.ReadAsync(cancellationToken), Is.Null, $"seed {seed}, round {round}");
        }
    }

    [Test]
    public async Task A_cut_off_message_is_noticed_at_every_length(CancellationToken cancellationToken)
    {
        var message = MessagePackSerializer.Serialize(new DataChunk { Offset = 1 << 20, Data = new byte[300] });
        for (var length = 1; length < message.Length; length++)
        {
            using var reader = new RpcFrameReader(new MemoryStream(message, 0, length), RpcEncoding.MessagePack, 1 << 20, new RpcSource("a test", IsResponse: false));
            var error = Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(cancellationToken));
            Assert.That(error?.Code, Is.EqualTo(RpcErrorCode.Truncated));
        }

        await Task.CompletedTask;
    }

    [Test]
    public async Task Large_frames_follow_each_other_in_one_buffer(CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var data = new byte[700_000];
        var stream = new MemoryStream();
        for (var i = 0; i < 20; i++)
        {
            data.AsSpan().Fill((byte)i);
            stream.Write(MessagePackSerializer.Serialize(new DataChunk { Offset = i, Data = data }));
        }

        using var reader = new RpcFrameReader(new PiecesStream(stream.ToArray(), random, 70_000), RpcEncoding.MessagePack, 1 << 20, new RpcSource("a test", IsResponse: false));
        for (var i = 0; i < 20; i++)
        {
            var frame = await reader.ReadAsync(cancellationToken);
            var chunk = MessagePackSerializer.Deserialize<DataChunk>(frame ?? default);
            Assert.That((chunk.Offset, chunk.Data.Length, chunk.Data.Span.IndexOfAnyExcept((byte)i)), Is.EqualTo(((long)i, data.Length, -1)));
        }
    }

    [Test]
    public async Task Lines_are_found_however_the_stream_is_cut(CancellationToken cancellationToken)
    {
        var random = new Random(2);
        using var reader = new RpcFrameReader(
            new PiecesStream("{\"a\":1}\n\r\n \n{\"b\":2}\r\n{\"c\":3}"u8.ToArray(), random), RpcEncoding.Json, 1000, new RpcSource("a test", IsResponse: false));
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken) is { } line)
        {
            lines.Add(System.Text.Encoding.UTF8.GetString(line.Span).TrimEnd());
        }

        Assert.That(lines, Is.EqualTo((string[])["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]));
    }

    [TestCase(RpcEncoding.MessagePack)]
    [TestCase(RpcEncoding.Json)]
    public void A_message_over_the_limit_is_refused(RpcEncoding encoding)
    {
        byte[] bytes = encoding == RpcEncoding.Json ? [.. Enumerable.Repeat((byte)'x', 5000)] : [0xc5, 0x10, 0x00, .. new byte[4096]];
        using var reader = new RpcFrameReader(new MemoryStream(bytes), encoding, 1000, new RpcSource("a test", IsResponse: false));
        var error = Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(CancellationToken.None));
        Assert.That(error?.Code, Is.EqualTo(RpcErrorCode.TooLarge));
    }

    private static byte[] RandomValue(Random random)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        WriteRandom(ref writer, random, depth: 0);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRandom(ref MessagePackWriter writer, Random random, int depth)
    {
        switch (random.Next(depth < 5 ? 9 : 7))
        {
            case 0:
                writer.WriteNil();
                break;
            case 1:
                writer.Write(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 2:
                writer.Write(random.NextDouble());
                break;
            case 3:
                writer.Write(new string('ä', random.Next(300)));
                break;
            case 4:
                writer.WriteBinary(new byte[random.Next(20) == 0 ? random.Next(70_000) : random.Next(300)]);
                break;
            case 5:
                writer.WriteExtension((sbyte)random.Next(100), new byte[1 << random.Next(6)]);
                break;
            case 6:
                writer.Write(random.Next(2) == 0);
                break;
            case 7:
                var count = random.Next(20);
                writer.WriteArrayHeader(count);
                for (var i = 0; i < count; i++)
                {
                    WriteRandom(ref writer, random, depth + 2);
                }

                break;
            default:
                var pairs = random.Next(8);
                writer.WriteMapHeader(pairs);
                for (var i = 0; i < 2 * pairs; i++)
                {
                    WriteRandom(ref writer, random, depth + 2);
                }

                break;
        }
    }

    private sealed class PiecesStream(byte[] bytes, Random random, int largest = 50) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, largest))], cancellationToken);
    }
}
