using System.Buffers;
using System.Text.Json;
using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>Records every call that changes something in a file, refused ones in another: a line of JSON each, and a line in the program's log.</summary>
/// <remarks>
/// Files are opened for each entry, so they may be moved away at any time; entries are whole lines, and bounded. When a file has its size it becomes
/// <c>.1</c>, what was that becomes <c>.2</c>, and so on; the oldest goes. What was done is never pushed out by what was refused: refusals have their own
/// file, and each caller a budget in it.
/// </remarks>
internal sealed partial class AuditLog(string? path, ILogger<AuditLog> logger, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Most characters of a text in the entry of a refused call.</summary>
    public const int MaxRefusedText = 256;

    private const int Kept = 8;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly RefusalBudget _refusals = new(time);
    private readonly string? _refusedPath = path is null
        ? null
        : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-refused{Path.GetExtension(path)}");

    /// <summary>A file is put aside before it would grow beyond this.</summary>
    public long MaxBytes { get; init; } = 16 << 20;

    /// <summary>Records a call that was done, also one that failed on the way.</summary>
    public async Task WriteAsync(RpcCall call, RpcException? error, TimeSpan duration)
    {
        LogEntry(call.Caller.User, call.RemoteAddress?.ToString(), call.Method.FullName, call.AuditTarget, call.AuditReason, OutcomeOf(error));
        await AppendAsync(path, () => Format(call, error, duration, RpcCall.MaxAuditText));
    }

    /// <summary>Records a call that changed nothing because it was refused, as long as its caller has not been refused often.</summary>
    public async Task WriteRefusedAsync(RpcCall call, RpcException error, TimeSpan duration)
    {
        await SummarizeAsync(all: false);
        var user = call.Caller.IsIdentityOnly ? $"{call.Caller.User} (identity only)" : call.Caller.User;
        if (_refusals.TryTake(user, out var isFirstLeftOut))
        {
            LogRefused(call.Caller.User, call.RemoteAddress?.ToString(), call.Method.FullName, Cut(call.AuditTarget), Cut(call.AuditReason), OutcomeOf(error));
            await AppendAsync(_refusedPath, () => Format(call, error, duration, MaxRefusedText));
        }
        else if (isFirstLeftOut)
        {
            LogLeavingOut(user, RefusalBudget.Entries, RefusalBudget.Window);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await SummarizeAsync(all: true);
        _turn.Dispose();
    }

    private static string OutcomeOf(RpcException? error) => error?.Code ?? "Ok";

    private static string? Cut(string? text) => text is null ? null : RpcCall.Shorten(text, MaxRefusedText);

    private async Task SummarizeAsync(bool all)
    {
        foreach (var leftOut in _refusals.End(all))
        {
            LogLeftOut(leftOut.Calls, leftOut.User, leftOut.Since);
            await AppendAsync(_refusedPath, () => Format(leftOut));
        }
    }

    private async Task AppendAsync(string? to, Func<ReadOnlyMemory<byte>> format)
    {
        if (to is null)
        {
            return;
        }

        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            var line = format();
            PutAside(to, line.Length);
            await using var file = new FileStream(to, new FileStreamOptions
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
            LogUnwritable(e, to);
        }
        finally
        {
            _turn.Release();
        }
    }

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

    private ReadOnlyMemory<byte> Format(RpcCall call, RpcException? error, TimeSpan duration, int maxText) => Line(call.Caller.User, writer =>
    {
        writer.WriteString("address"u8, call.RemoteAddress?.ToString());
        writer.WriteString("method"u8, call.Method.FullName);
        writer.WriteString("target"u8, call.AuditTarget is { } target ? RpcCall.Shorten(target, maxText) : null);
        writer.WriteString("reason"u8, call.AuditReason is { } reason ? RpcCall.Shorten(reason, maxText) : null);
        writer.WriteString("outcome"u8, OutcomeOf(error));
        if (error is not null)
        {
            writer.WriteString("message"u8, RpcCall.Shorten(error.Message, maxText));
        }

        writer.WriteNumber("milliseconds"u8, (long)duration.TotalMilliseconds);
    });

    private ReadOnlyMemory<byte> Format(LeftOutCalls leftOut) => Line(leftOut.User, writer =>
    {
        writer.WriteString("outcome"u8, "LeftOut"u8);
        writer.WriteNumber("calls"u8, leftOut.Calls);
        writer.WriteString("since"u8, leftOut.Since.UtcDateTime);
    });

    private ReadOnlyMemory<byte> Line(string user, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime);
            writer.WriteString("user"u8, user);
            rest(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
