using System.Buffers;
using System.Text.Json;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc.Framing;

/// <summary>
/// An error on the wire: <c>[status, code, message, retryable]</c>, where messages are maps; in JSON an object with these names, as the last
/// line of a stream within <c>{"$error": …}</c>.
/// </summary>
internal static class RpcErrorFrame
{
    /// <summary>Most bytes of an error that are read.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most characters of a message that are kept; it may stay in memory as a machine's state.</summary>
    private const int MaxMessage = 4096;

    private const int MaxCode = 64;

    private static ReadOnlySpan<byte> JsonMark => "{\"$error\":"u8;

    public static void Write(IBufferWriter<byte> output, RpcException error, RpcEncoding encoding, bool inStream)
    {
        if (encoding == RpcEncoding.Json)
        {
            WriteJson(output, error, inStream);
            return;
        }

        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(4);
        writer.Write((int)error.Status);
        writer.Write(error.Code);
        writer.Write(error.Message);
        writer.Write(error.Retryable);
        writer.Flush();
    }

    /// <summary>True when a frame of a stream is an error.</summary>
    public static bool Is(ReadOnlySpan<byte> frame, RpcEncoding encoding) =>
        encoding == RpcEncoding.MessagePack ? !frame.IsEmpty && frame[0] is (>= 0x90 and <= 0x9f) or 0xdc or 0xdd : frame.StartsWith(JsonMark);

    /// <summary>Reads an error; the status falls back to the one given when the value is unknown.</summary>
    public static RpcException Read(ReadOnlyMemory<byte> bytes, RpcEncoding encoding, RpcStatus fallback, string what)
    {
        try
        {
            return encoding == RpcEncoding.Json ? ReadJson(bytes, fallback) : ReadMessagePack(bytes, fallback);
        }
        catch (Exception e) when (e is MessagePackException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return new RpcException(fallback, $"{what}: the server answered {(int)fallback} with a body that is no error of ours ({e.Message})", innerException: e);
        }
    }

    private static RpcException ReadMessagePack(ReadOnlyMemory<byte> bytes, RpcStatus fallback)
    {
        var reader = new MessagePackReader(bytes);
        var count = reader.ReadArrayHeader();
        if (count < 4)
        {
            throw new FormatException($"an error has 4 elements, not {count}");
        }

        var status = reader.ReadInt32();
        var code = reader.ReadString();
        var message = reader.ReadString();
        return Create(status, code, message, reader.ReadBoolean(), fallback);
    }

    private static RpcException ReadJson(ReadOnlyMemory<byte> bytes, RpcStatus fallback)
    {
        using var document = JsonDocument.Parse(bytes);
        var error = document.RootElement.TryGetProperty("$error", out var inner) ? inner : document.RootElement;
        return Create(
            error.GetProperty("status").GetInt32(),
            error.GetProperty("code").GetString(),
            error.GetProperty("message").GetString(),
            error.GetProperty("retryable").GetBoolean(),
            fallback);
    }

    private static RpcException Create(int status, string? code, string? message, bool retryable, RpcStatus fallback)
    {
        var known = Enum.IsDefined((RpcStatus)status) ? (RpcStatus)status : fallback;
        return new RpcException(known, Cut(message ?? "no message", MaxMessage), code is null ? null : Cut(code, MaxCode), retryable);
    }

    private static string Cut(string text, int most) => text.Length > most ? string.Concat(text.AsSpan(0, most), "…") : text;

    private static void WriteJson(IBufferWriter<byte> output, RpcException error, bool inStream)
    {
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            if (inStream)
            {
                writer.WriteStartObject("$error"u8);
            }

            writer.WriteNumber("status"u8, (int)error.Status);
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("message"u8, error.Message);
            writer.WriteBoolean("retryable"u8, error.Retryable);
            if (inStream)
            {
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
