
namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>Makes wrong messages out of right ones: half of them before they are encoded (wrong values in a sound frame), half after (wrong bytes).</summary>
public sealed class MessageMutator(Random random)
{
    private static readonly byte[] Interesting =
    [
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb,
        0xcc, 0xcf, 0xd0, 0xd3, 0xd4, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff,
    ];

    /// <summary>A message with one to four faults.</summary>
    public byte[] Mutate(byte[] message)
    {
        if (random.Next(2) == 0)
        {
            return MutateBytes(message);
        }

        var value = ValueTree.Decode(message);
        for (var faults = random.Next(1, 5); faults > 0; faults--)
        {
            value = MutateValue(value);
        }

        if (random.Next(2) == 0)
        {
            return ValueTree.Encode(value);
        }

        var encoder = new LooseEncoder(random);
        encoder.Write(value);
        return encoder.ToArray();
    }

    private byte[] MutateBytes(byte[] message)
    {
        var bytes = new List<byte>(message);
        for (var faults = random.Next(1, 5); faults > 0; faults--)
        {
            var at = random.Next(bytes.Count + 1);
            var rest = bytes.Count - at;
            switch (random.Next(7))
            {
                case 0 when rest > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when rest > 0:
                    bytes[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 2:
                    bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3 when rest > 0:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(rest, 16) + 1));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, random.Next(200))));
                    break;
                case 5:
                    bytes.InsertRange(at, Enumerable.Repeat(Interesting[random.Next(Interesting.Length)], random.Next(300)));
                    break;
                default:
                    bytes.RemoveRange(at, rest);
                    break;
            }
        }

        return [.. bytes];
    }

    private object? MutateValue(object? value)
    {
        switch (value)
        {
            case List<object?> { Count: > 0 } items when random.Next(8) > 0:
                return MutateItems([.. items]);
            case List<KeyValuePair<object?, object?>> { Count: > 0 } pairs when random.Next(8) > 0:
                return MutatePairs([.. pairs]);
            case string text when random.Next(3) > 0:
                return text + '\0' + text;
            case byte[] bytes when random.Next(3) > 0:
                return MutateBytes(bytes);
            case Int128 number when random.Next(3) > 0:
                return random.Next(2) == 0 && number < long.MaxValue ? number + 1 : (Int128)long.MinValue;
            default:
                return random.Next(6) == 0 ? Nested(value) : ValueTree.Random(random, 2);
        }
    }

    private List<object?> MutateItems(List<object?> items)
    {
        var at = random.Next(items.Count);
        switch (random.Next(4))
        {
            case 0:
                items.RemoveAt(at);
                break;
            case 1:
                items.InsertRange(at, Enumerable.Repeat(items[at], random.Next(100)));
                break;
            default:
                items[at] = MutateValue(items[at]);
                break;
        }

        return items;
    }

    private List<KeyValuePair<object?, object?>> MutatePairs(List<KeyValuePair<object?, object?>> pairs)
    {
        var at = random.Next(pairs.Count);
        var (key, value) = pairs[at];
        switch (random.Next(8))
        {
            case 0:
                pairs.RemoveAt(at);
                break;
            case 1:
                pairs.Insert(random.Next(pairs.Count), pairs[at]);
                break;
            case 2:
                pairs[at] = KeyValuePair.Create(ValueTree.Random(random, 1), value);
                break;
            case 3:
                pairs[at] = KeyValuePair.Create(key, pairs[random.Next(pairs.Count)].Value);
                break;
            default:
                pairs[at] = KeyValuePair.Create(key, MutateValue(value));
                break;
        }

        return pairs;
    }

    private object? Nested(object? value)
    {
        for (var depth = random.Next(60); depth > 0; depth--)
        {
            value = random.Next(2) == 0
                ? new List<object?> { value }
                : new List<KeyValuePair<object?, object?>> { KeyValuePair.Create((object?)"next", value) };
        }

        return value;
    }
}
