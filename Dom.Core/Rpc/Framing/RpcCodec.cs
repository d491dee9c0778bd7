using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc.Framing;

/// <summary>Writes and reads one message in the form of the call.</summary>
internal static class RpcCodec
{
    /// <summary>The deserializer's own limit.</summary>
    private const int MaxDepth = 64;

    public static void Write<T>(IBufferWriter<byte> output, T message, RpcEncoding encoding, JsonTypeInfo<T> json)
        where T : IMessagePackSerializable<T>
    {
        if (encoding == RpcEncoding.MessagePack)
        {
            MessagePackSerializer.Serialize(output, message);
            return;
        }

        using (var writer = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(writer, message, json);
        }

        output.Write("\n"u8);
    }

    public static T Read<T>(ReadOnlyMemory<byte> bytes, RpcEncoding encoding, JsonTypeInfo<T> json)
        where T : IMessagePackSerializable<T> =>
        encoding == RpcEncoding.MessagePack
            ? MessagePackSerializer.Deserialize<T>(bytes)
            : ReadJson(bytes.Span, json);

    /// <summary>System.Text.Json leaves null in what a message leaves out, whatever its initializer says: what such a message means is told by its MessagePack form.</summary>
    private static T ReadJson<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> json)
        where T : IMessagePackSerializable<T>
    {
        RefuseNullItems(bytes);
        var message = JsonSerializer.Deserialize(bytes, json) ?? throw new JsonException("null is not a message");
        return MessagePackSerializer.Deserialize<T>(MessagePackSerializer.Serialize(message));
    }

    /// <summary>The nullable annotations that the deserializer respects are those of properties, not of items.</summary>
    private static void RefuseNullItems(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        var arrays = 0UL;
        while (reader.Read())
        {
            var level = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    arrays |= 1UL << level;
                    break;
                case JsonTokenType.StartObject:
                    arrays &= ~(1UL << level);
                    break;
                case JsonTokenType.Null when level > 0 && (arrays & (1UL << (level - 1))) != 0:
                    throw new JsonException($"null stands in a list, at byte {reader.TokenStartIndex}");
            }
        }
    }
}
