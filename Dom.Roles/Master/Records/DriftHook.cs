using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Dom.Core.Contracts.Dominator;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Records;

/// <summary>
/// Runs an operator's command for deviations that were corrected: one run at a time, up to 256 of them as JSON lines on its standard input. It never holds
/// anything up: what does not fit into the queue is dropped and counted, and a run that takes too long is killed.
/// </summary>
internal sealed partial class DriftHook : IAsyncDisposable
{
    private const int MaxWaiting = 1_000;
    private const int MaxBatch = 256;

    private readonly Channel<DriftEntry> _waiting = Channel.CreateBounded<DriftEntry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _command;
    private readonly TimeSpan _limit;
    private readonly MasterMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Task _running;

    /// <param name="command">The program; it gets no arguments.</param>
    /// <param name="limit">How long a run may take.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public DriftHook(string command, TimeSpan limit, MasterMetrics metrics, TimeProvider clock, ILogger logger)
    {
        _command = command;
        _limit = limit;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _running = RunAsync();
    }

    /// <summary>Tells the command, later; never waits.</summary>
    public void Offer(IReadOnlyList<DriftEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (!_waiting.Writer.TryWrite(entry))
            {
                _metrics.CountHook("dropped");
            }
        }
    }

    /// <summary>Ends a run that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stopping.Token))
            {
                using var lines = new MemoryStream();
                for (var i = 0; i < MaxBatch && _waiting.Reader.TryRead(out var entry); i++)
                {
                    JsonSerializer.Serialize(lines, entry, RecordsJson.Default.DriftEntry);
                    lines.WriteByte((byte)'\n');
                }

                var fault = await TellAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length));
                _metrics.CountHook(fault is null ? "done" : "failed");
                if (fault is not null)
                {
                    LogFailed(_logger, _command, fault);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogEnded(_logger, _command);
        }
    }

    /// <summary>Runs the command once; returns why it failed, or null.</summary>
    private async Task<string?> TellAsync(ReadOnlyMemory<byte> lines)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo(_command) { RedirectStandardInput = true, WorkingDirectory = "/" });
        }
        catch (Win32Exception fault)
        {
            return fault.Message;
        }

        if (process is null)
        {
            return "it did not start";
        }

        using (process)
        using (var limit = new CancellationTokenSource(_limit, _clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token))
        {
            try
            {
                await FeedAsync(process, lines, either.Token);
                await process.WaitForExitAsync(either.Token);
                return process.ExitCode == 0 ? null : $"it ended with code {process.ExitCode}";
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                _stopping.Token.ThrowIfCancellationRequested();
                return $"it was not done after {_limit.TotalSeconds:0.#} s and was killed";
            }
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(lines, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // A command that does not read to the end may do so; its exit code says whether that was meant.
            return;
        }
    }

    [LoggerMessage(4321, LogLevel.Warning, "The drift hook {Command} failed: {Failure}")]
    private static partial void LogFailed(ILogger logger, string command, string failure);

    [LoggerMessage(4322, LogLevel.Debug, "The drift hook {Command} is no longer run.")]
    private static partial void LogEnded(ILogger logger, string command);
}
