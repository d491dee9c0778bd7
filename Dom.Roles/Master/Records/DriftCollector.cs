using System.Threading.Channels;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Records;

/// <summary>
/// Fetches from machines which deviations they corrected, some machines at a time, and keeps it on disk: bounded for each machine. Machines keep their
/// newest 10,000 themselves, so what is lost here by a crash is fetched again. Safe for several threads.
/// </summary>
internal sealed partial class DriftCollector : IAsyncDisposable
{
    private const int MaxWaiting = 100_000;
    private const int Workers = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Channel<ManagedMachine> _waiting = Channel.CreateBounded<ManagedMachine>(MaxWaiting);
    private readonly CancellationTokenSource _stopping = new();
    private readonly MachineLog<DriftEntry> _log;
    private readonly DriftHook? _hook;
    private readonly MasterMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Task _working;

    /// <param name="log">The files; this disposes of them.</param>
    /// <param name="hook">A command to tell; null for none. This disposes of it.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public DriftCollector(MachineLog<DriftEntry> log, DriftHook? hook, MasterMetrics metrics, TimeProvider clock, ILogger logger)
    {
        _log = log;
        _hook = hook;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _working = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync()));
    }

    /// <summary>Asks for a machine's new records to be fetched. False when too many wait; the machine asks again with its next answer.</summary>
    public bool TryAsk(ManagedMachine machine) => _waiting.Writer.TryWrite(machine);

    /// <summary>How far a machine's records are kept; nothing when none are.</summary>
    public DriftPosition PositionOf(string hostname) => _log.Read(hostname).LastOrDefault() is { } last ? new DriftPosition(last.Log, last.Record.Number) : default;

    /// <summary>The records of a machine, the oldest first.</summary>
    public IEnumerable<DriftEntry> Read(string hostname) => _log.Read(hostname);

    /// <summary>Removes the records of machines that left the list long ago.</summary>
    public void Prune(IEnumerable<string> machines, DateTimeOffset before) => _log.Prune(machines, before);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _working;
        if (_hook is not null)
        {
            await _hook.DisposeAsync();
        }

        _stopping.Dispose();
        _log.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var machine in _waiting.Reader.ReadAllAsync(_stopping.Token))
            {
                await CollectAsync(machine);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogEnded(_logger);
        }
    }

    private async Task CollectAsync(ManagedMachine machine)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
        var position = machine.DriftPosition ?? PositionOf(machine.Hostname);
        var received = 0;
        try
        {
            await foreach (var page in machine.GetDriftAsync(new GetDriftRequest { Log = position.Log, After = position.Number }, either.Token))
            {
                if (page.Lost > 0)
                {
                    LogLost(_logger, machine.Hostname, page.Lost);
                }

                position = page.Log == position.Log ? position : new DriftPosition(page.Log, 0);
                received += page.Records.Count;
                if (DriftLimits.Breach(page, position.Number) is { } breach)
                {
                    throw new RpcException(RpcStatus.Internal, $"its records cannot be trusted: {breach}", "AnswerUnfit");
                }

                if (received > DriftLimits.MaxRecords + DriftLimits.MaxPage)
                {
                    throw new RpcException(RpcStatus.Internal, $"it sends more than the {DriftLimits.MaxRecords} records a machine keeps", "AnswerUnfit");
                }

                position = Keep(machine.Hostname, position, page);
            }
        }
        catch (RpcException fault)
        {
            // It is asked for again with the machine's next answer.
            _metrics.CountDriftFailure();
            LogFailed(_logger, machine.Hostname, fault.Message);
        }
        catch (IOException fault)
        {
            _metrics.CountDriftFailure();
            LogNotKept(_logger, machine.Hostname, fault.Message);
        }
        catch (OperationCanceledException)
        {
            _metrics.CountDriftFailure();
            LogFailed(_logger, machine.Hostname, "no answer in time");
        }
        finally
        {
            machine.EndDrift(position);
        }
    }

    private DriftPosition Keep(string hostname, DriftPosition position, DriftPage page)
    {
        var now = _clock.GetUtcNow();
        var entries = page.Records.Select(r => new DriftEntry { Hostname = hostname, Received = now, Log = page.Log, Record = r }).ToList();
        if (entries.Count == 0)
        {
            return position;
        }

        _log.Append(hostname, entries);
        foreach (var entry in entries)
        {
            _metrics.CountDrift(entry.Record.Kind);
        }

        _hook?.Offer(entries);
        return new DriftPosition(page.Log, entries[^1].Record.Number);
    }

    [LoggerMessage(4311, LogLevel.Debug, "{Machine}: its drift could not be fetched and will be asked for again: {Failure}")]
    private static partial void LogFailed(ILogger logger, string machine, string failure);

    [LoggerMessage(4312, LogLevel.Error, "{Machine}: its drift cannot be written down and will be asked for again: {Failure}")]
    private static partial void LogNotKept(ILogger logger, string machine, string failure);

    [LoggerMessage(4313, LogLevel.Warning, "{Machine}: {Count} corrected deviations were dropped by the machine before they were fetched.")]
    private static partial void LogLost(ILogger logger, string machine, long count);

    [LoggerMessage(4314, LogLevel.Debug, "Drift is no longer collected.")]
    private static partial void LogEnded(ILogger logger);
}
