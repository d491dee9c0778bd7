using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>
/// Any MessagePack value as objects: null, bool, Int128 (integers), float, double, string, byte[], <see cref="MessagePackExtension"/>,
/// List&lt;object?&gt; (arrays) and List&lt;KeyValuePair&lt;object?, object?&gt;&gt; (maps).
/// </summary>
public static class ValueTree
{
    private static readonly Int128[] Edges =
    [
        0, 1, 31, 32, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 1L + uint.MaxValue,
        long.MaxValue, ulong.MaxValue, -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, long.MinValue,
    ];

    private static readonly int[] Lengths = [0, 1, 2, 3, 4, 5, 8, 12, 15, 16, 17, 31, 32, 33, 255, 256, 257, 65_535, 65_536];

    /// <summary>A random value of at most that depth.</summary>
    public static object? Random(Random random, int depth = 5) => random.Next(depth > 0 ? 10 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(3) == 0 ? (Int128)random.NextInt64(long.MinValue, long.MaxValue) : Edges[random.Next(Edges.Length)],
        3 => random.Next(2) == 0 ? (Int128)random.Next(-200, 300) : Edges[random.Next(Edges.Length)],
        4 => random.Next(2) == 0 ? (float)(random.NextDouble() * 1e6) : BitConverter.Int64BitsToDouble(random.NextInt64()),
        5 => Text(random),
        6 => Bytes(random),
        7 => new MessagePackExtension((sbyte)random.Next(-128, 128), Bytes(random)),
        8 => Enumerable.Range(0, Count(random, depth)).Select(_ => Random(random, depth - 1)).ToList(),
        _ => Enumerable.Range(0, Count(random, depth))
            .Select(_ => KeyValuePair.Create(random.Next(3) == 0 ? Random(random, 0) : Text(random), Random(random, depth - 1))).ToList(),
    };

    /// <summary>The bytes our writer makes of it.</summary>
    public static byte[] Encode(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What our reader makes of bytes, all of them.</summary>
    public static object? Decode(ReadOnlySequence<byte> input, MessagePackLimits? limits = null)
    {
        var reader = new MessagePackReader(input, limits);
        var value = Read(ref reader, input);
        reader.RequireEnd();
        return value;
    }

    /// <inheritdoc cref="Decode(ReadOnlySequence{byte}, MessagePackLimits?)"/>
    public static object? Decode(byte[] input, MessagePackLimits? limits = null) => Decode(new ReadOnlySequence<byte>(input), limits);

    private static void Write(ref MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool boolean:
                writer.Write(boolean);
                break;
            case Int128 number when number < 0:
                writer.Write((long)number);
                break;
            case Int128 number:
                writer.Write((ulong)number);
                break;
            case float single:
                writer.Write(single);
                break;
            case double number:
                writer.Write(number);
                break;
            case string text:
                writer.Write(text);
                break;
            case byte[] bytes:
                writer.WriteBinary(bytes);
                break;
            case MessagePackExtension extension:
                writer.WriteExtension(extension.Type, extension.Data.Span);
                break;
            case List<object?> items:
                writer.WriteArrayHeader(items.Count);
                foreach (var item in items)
                {
                    Write(ref writer, item);
                }

                break;
            case List<KeyValuePair<object?, object?>> pairs:
                writer.WriteMapHeader(pairs.Count);
                foreach (var (key, item) in pairs)
                {
                    Write(ref writer, key);
                    Write(ref writer, item);
                }

                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no value of this model", nameof(value));
        }
    }

    private static object? Read(ref MessagePackReader reader, in ReadOnlySequence<byte> input)
    {
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                return reader.TryReadNil() ? null : throw new AssertionException("nil announced, but not read");
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return ReadInteger(ref reader, input);
            case MessagePackType.Float:
                return NextByte(reader, input) == 0xca ? reader.ReadSingle() : reader.ReadDouble();
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return reader.ReadBinarySequence().ToArray();
            case MessagePackType.Extension:
                var extension = reader.ReadExtension();
                return extension with { Data = extension.Data.ToArray() };
            case MessagePackType.Array:
                var items = new List<object?>();
                var count = reader.ReadArrayHeader();
                reader.Enter();
                for (; count > 0; count--)
                {
                    items.Add(Read(ref reader, input));
                }

                reader.Leave();
                return items;
            default:
                var pairs = new List<KeyValuePair<object?, object?>>();
                var entries = reader.ReadMapHeader();
                reader.Enter();
                for (; entries > 0; entries--)
                {
                    var key = Read(ref reader, input);
                    pairs.Add(KeyValuePair.Create(key, Read(ref reader, input)));
                }

                reader.Leave();
                return pairs;
        }
    }

    private static object ReadInteger(ref MessagePackReader reader, in ReadOnlySequence<byte> input)
    {
        return NextByte(reader, input) >= 0xd0 ? (Int128)reader.ReadInt64() : (Int128)reader.ReadUInt64();
    }

    private static byte NextByte(in MessagePackReader reader, in ReadOnlySequence<byte> input) => input.Slice(reader.Consumed, 1).ToArray()[0];

    private static int Count(Random random, int depth) => random.Next(40) == 0 && depth < 4 ? random.Next(15, 300) : random.Next(5);

    private static int Length(Random random) => random.Next(4) == 0 ? Lengths[random.Next(Lengths.Length)] : random.Next(40);

    private static string Text(Random random)
    {
        string[] alphabet = ["a", "b", "é", "€", "𝄞", "\0", "\n", "name", "title"];
        return string.Concat(Enumerable.Range(0, Length(random) / 4).Select(_ => alphabet[random.Next(alphabet.Length)]));
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[Length(random)];
        random.NextBytes(bytes);
        return bytes;
    }
}
