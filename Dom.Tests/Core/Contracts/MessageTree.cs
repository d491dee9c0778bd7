using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Contracts;

/// <summary>A message as a reader sees it that knows no contract: maps, lists, and other values as bytes.</summary>
internal sealed class MessageTree
{
    /// <summary>A key that no contract has, with a value that takes some skipping.</summary>
    private static readonly byte[] UnknownPair = [0xaf, .. "fromANewerPeer!"u8, 0x92, 0x01, 0x81, 0xa1, (byte)'a', 0xc0];

    private readonly byte[] _bytes;
    private readonly List<(string Key, byte[] KeyBytes, MessageTree Value)> _pairs = [];
    private readonly List<MessageTree> _items = [];

    private MessageTree(MessagePackType type, byte[] bytes) => (Type, _bytes) = (type, bytes);

    /// <summary>What kind of value it is.</summary>
    public MessagePackType Type { get; }

    /// <summary>Names of a map's values.</summary>
    public IEnumerable<string> Keys => _pairs.Select(static pair => pair.Key);

    /// <summary>True for a record; in what <see cref="RandomContract"/> makes, other maps have numbered keys.</summary>
    private bool IsRecord => Type == MessagePackType.Map && !Keys.Any(static key => key == "key0");

    public static MessageTree Parse(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        return Parse(bytes, ref reader);
    }

    /// <summary>The bytes again, with a pair that no contract knows in every record.</summary>
    public byte[] EncodeWithUnknown() => Type switch
    {
        MessagePackType.Map => [.. Header(0x80, 0xde, _pairs.Count + (IsRecord ? 1 : 0)), .. _pairs.SelectMany(static p => p.KeyBytes.Concat(p.Value.EncodeWithUnknown())), .. IsRecord ? UnknownPair : []],
        MessagePackType.Array => [.. Header(0x90, 0xdc, _items.Count), .. _items.SelectMany(static item => item.EncodeWithUnknown())],
        _ => _bytes,
    };

    /// <summary>Where something of this message is not in another one; null when all is there. The other one may have more.</summary>
    public string? FindLoss(MessageTree other, string path) =>
        Type != other.Type ? $"{path} was {Type} and is {other.Type}"
        : Type == MessagePackType.Map ? _pairs.Select(pair => other.Find(pair.Key) is { } there ? pair.Value.FindLoss(there, $"{path}.{pair.Key}") : $"{path}.{pair.Key} is lost").FirstOrDefault(static loss => loss is not null)
        : Type == MessagePackType.Array ? _items.Count != other._items.Count
            ? $"{path} had {_items.Count} entries and has {other._items.Count}"
            : _items.Select((item, i) => item.FindLoss(other._items[i], $"{path}[{i}]")).FirstOrDefault(static loss => loss is not null)
        : _bytes.AsSpan().SequenceEqual(other._bytes) ? null : $"{path} was {Convert.ToHexString(_bytes)} and is {Convert.ToHexString(other._bytes)}";

    /// <summary>Where another message has a value of another kind than this one, which has all values, under the same name; null for nowhere.</summary>
    public string? FindOtherKind(MessageTree other, string path) =>
        Type != other.Type ? $"{path} was {Type} and is {other.Type}"
        : Type == MessagePackType.Map ? _pairs.Select(pair => other.Find(pair.Key) is { } there ? pair.Value.FindOtherKind(there, $"{path}.{pair.Key}") : null).FirstOrDefault(static kind => kind is not null)
        : Type == MessagePackType.Array && _items.Count > 0 ? other._items.Select(item => _items[0].FindOtherKind(item, $"{path}[]")).FirstOrDefault(static kind => kind is not null)
        : null;

    private MessageTree? Find(string key) => _pairs.Where(pair => pair.Key == key).Select(static pair => pair.Value).FirstOrDefault();

    private static MessageTree Parse(byte[] bytes, ref MessagePackReader reader)
    {
        var start = reader.Consumed;
        var type = reader.NextType;
        if (type is not (MessagePackType.Map or MessagePackType.Array))
        {
            reader.Skip();
            return new MessageTree(type, bytes[(int)start..(int)reader.Consumed]);
        }

        var tree = new MessageTree(type, []);
        if (type == MessagePackType.Array)
        {
            for (var count = reader.ReadArrayHeader(); count > 0; count--)
            {
                tree._items.Add(Parse(bytes, ref reader));
            }

            return tree;
        }

        for (var count = reader.ReadMapHeader(); count > 0; count--)
        {
            var at = reader.Consumed;
            var key = reader.ReadString();
            var keyBytes = bytes[(int)at..(int)reader.Consumed];
            tree._pairs.Add((key, keyBytes, Parse(bytes, ref reader)));
        }

        return tree;
    }

    private static byte[] Header(byte small, byte large, int count) => count < 16 ? [(byte)(small | count)] : [large, (byte)(count >> 8), (byte)count];
}
