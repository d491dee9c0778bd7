using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc.Framing;

/// <summary>Writes and reads one message in the form of the call.</summary>
internal static class RpcCodec
{
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
            : JsonSerializer.Deserialize(bytes.Span, json) ?? throw new JsonException("null is not a message");
}
