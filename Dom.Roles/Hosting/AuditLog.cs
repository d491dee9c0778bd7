using System.Buffers;
using System.Text.Json;
using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>Records every call that changes something, also refused ones: a line of JSON in a file, and a line in the program's log.</summary>
/// <remarks>
/// The file is opened for each entry, so it may be moved away at any time; entries are whole lines, and bounded. When the file has its size it becomes
/// <c>.1</c>, what was that becomes <c>.2</c>, and so on; the oldest goes.
/// </remarks>
internal sealed partial class AuditLog(string? path, ILogger<AuditLog> logger, TimeProvider time) : IDisposable
{
    private const int Kept = 8;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The file is put aside before it would grow beyond this.</summary>
    public long MaxBytes { get; init; } = 16 << 20;

    public async Task WriteAsync(RpcCall call, RpcException? error, TimeSpan duration)
    {
        var outcome = error?.Code ?? "Ok";
        LogEntry(call.Caller.User, call.RemoteAddress?.ToString(), call.Method.FullName, call.AuditTarget, call.AuditReason, outcome);
        if (path is null)
        {
            return;
        }

        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            var line = Format(call, error, outcome, duration);
            PutAside(path, line.Length);
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
                BufferSize = 0,
            });
            await file.WriteAsync(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(e, path);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void PutAside(string path, int more)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length + more <= MaxBytes)
        {
            return;
        }

        for (var i = Kept - 1; i >= 1; i--)
        {
            if (File.Exists($"{path}.{i}"))
            {
                File.Move($"{path}.{i}", $"{path}.{i + 1}", overwrite: true);
            }
        }

        File.Move(path, $"{path}.1", overwrite: true);
    }

    private ReadOnlyMemory<byte> Format(RpcCall call, RpcException? error, string outcome, TimeSpan duration)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime);
            writer.WriteString("user"u8, call.Caller.User);
            writer.WriteString("address"u8, call.RemoteAddress?.ToString());
            writer.WriteString("method"u8, call.Method.FullName);
            writer.WriteString("target"u8, call.AuditTarget);
            writer.WriteString("reason"u8, call.AuditReason);
            writer.WriteString("outcome"u8, outcome);
            if (error is not null)
            {
                writer.WriteString("message"u8, RpcCall.Shorten(error.Message));
            }

            writer.WriteNumber("milliseconds"u8, (long)duration.TotalMilliseconds);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
