using System.Buffers;

namespace Dom.Core.Rpc.MessagePack;

/// <summary>Whole messages to bytes and back.</summary>
public static class MessagePackSerializer
{
    /// <summary>Appends a value to the output.</summary>
    public static void Serialize<T>(IBufferWriter<byte> output, in T value)
        where T : IMessagePackSerializable<T>
    {
        var writer = new MessagePackWriter(output);
        T.Write(ref writer, value);
        writer.Flush();
    }

    /// <summary>The bytes of a value.</summary>
    public static byte[] Serialize<T>(in T value)
        where T : IMessagePackSerializable<T>
    {
        var output = new ArrayBufferWriter<byte>();
        Serialize(output, value);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a value that fills the input. Bytes after it are refused.</summary>
    /// <remarks><see cref="ReadOnlyMemory{T}"/> properties of the value borrow from the input.</remarks>
    public static T Deserialize<T>(ReadOnlyMemory<byte> input, MessagePackLimits? limits = null)
        where T : IMessagePackSerializable<T> => Deserialize<T>(new ReadOnlySequence<byte>(input), limits);

    /// <inheritdoc cref="Deserialize{T}(ReadOnlyMemory{byte}, MessagePackLimits?)"/>
    public static T Deserialize<T>(in ReadOnlySequence<byte> input, MessagePackLimits? limits = null)
        where T : IMessagePackSerializable<T>
    {
        var reader = new MessagePackReader(input, limits);
        var value = T.Read(ref reader);
        reader.RequireEnd();
        return value;
    }
}
