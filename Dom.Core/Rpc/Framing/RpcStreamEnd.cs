using System.Buffers;

namespace Dom.Core.Rpc.Framing;

/// <summary>The mark after the last message of a stream. Without it the stream was cut off.</summary>
internal static class RpcStreamEnd
{
    private const byte Nil = 0xc0;

    private static ReadOnlySpan<byte> JsonMark => "{\"$end\":true}"u8;

    public static void Write(IBufferWriter<byte> output, RpcEncoding encoding)
    {
        if (encoding == RpcEncoding.MessagePack)
        {
            output.Write([Nil]);
        }
        else
        {
            output.Write(JsonMark);
            output.Write("\n"u8);
        }
    }

    public static bool Is(ReadOnlySpan<byte> frame, RpcEncoding encoding) =>
        encoding == RpcEncoding.MessagePack ? frame.Length == 1 && frame[0] == Nil : frame.TrimEnd((byte)'\r').SequenceEqual(JsonMark);
}
