using System.Threading.Channels;
using Dom.Core.Contracts.Dominator;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Records;

/// <summary>
/// What happened to each machine and to the whole fleet, kept on disk. Adding never waits: one writer appends in batches and syncs at most once a second,
/// and when it cannot keep up, or the disk is full, records are dropped and counted. Safe for several threads.
/// </summary>
internal sealed partial class MachineHistory : IAsyncDisposable
{
    /// <summary>The name under which controls of the whole fleet are kept; no machine can be called so.</summary>
    public const string Fleet = "+fleet";

    private const int MaxWaiting = 16_384;
    private const int MaxBatch = 1_024;
    private const int MaxText = 1_000;

    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly MachineLog<HistoryRecord> _log;
    private readonly TimeProvider _clock;
    private readonly Action<int> _dropped;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long? _complainedAt;

    /// <param name="log">The files; this disposes of them.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="dropped">Called with a number of records that could not be kept.</param>
    /// <param name="logger">The log.</param>
    public MachineHistory(MachineLog<HistoryRecord> log, TimeProvider clock, Action<int> dropped, ILogger logger)
    {
        _log = log;
        _clock = clock;
        _dropped = dropped;
        _logger = logger;
        _writing = WriteAsync();
    }

    /// <summary>Adds a record; its time is now.</summary>
    public void Add(string hostname, HistoryRecord record)
    {
        if (record.Text.Length > MaxText)
        {
            record = record with { Text = record.Text[..MaxText] };
        }

        if (!_waiting.Writer.TryWrite(new Item(hostname, record, null)))
        {
            _dropped(1);
        }
    }

    /// <summary>Adds what a person did.</summary>
    /// <param name="hostname">The machine, or <see cref="Fleet"/>.</param>
    /// <param name="control">What.</param>
    /// <param name="user">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="image">The image it is about, if any.</param>
    public void AddControl(string hostname, string control, string user, string reason, string image = "") => Add(
        hostname, new HistoryRecord { Time = _clock.GetUtcNow(), Kind = HistoryKind.Control, Outcome = control, User = user, Text = reason, Image = image });

    /// <summary>The records of a machine, the oldest first, with those that were added before this call.</summary>
    public async Task<IEnumerable<HistoryRecord>> ReadAsync(string hostname, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _waiting.Writer.WriteAsync(new Item(hostname, null, written), cancellationToken);
            await written.Task.WaitAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The master stops; what is on disk is what there is.
            await _writing;
        }

        return _log.Read(hostname);
    }

    /// <summary>Removes the records of machines that left the list long ago.</summary>
    public void Prune(IEnumerable<string> machines, DateTimeOffset before) => _log.Prune(machines.Append(Fleet), before);

    /// <summary>Writes what was added.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
        _log.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new Dictionary<string, List<HistoryRecord>>(StringComparer.Ordinal);
        var asked = new List<TaskCompletionSource>();
        var syncedAt = _clock.GetTimestamp();
        var isDirty = false;
        var more = _waiting.Reader.WaitToReadAsync().AsTask();
        while (true)
        {
            var untilSync = isDirty ? SyncInterval - _clock.GetElapsedTime(syncedAt) : Timeout.InfiniteTimeSpan;
            if (isDirty && (untilSync <= TimeSpan.Zero || !await ComesAsync(more, untilSync)))
            {
                Keep(_log.Sync, 0);
                (isDirty, syncedAt) = (false, _clock.GetTimestamp());
                continue;
            }

            if (!await more)
            {
                break;
            }

            for (var i = 0; i < MaxBatch && _waiting.Reader.TryRead(out var item); i++)
            {
                if (item.Record is { } record)
                {
                    (batch.TryGetValue(item.Hostname, out var records) ? records : batch[item.Hostname] = []).Add(record);
                }
                else if (item.Written is { } written)
                {
                    asked.Add(written);
                }
            }

            foreach (var (hostname, records) in batch)
            {
                Keep(() => _log.Append(hostname, records), records.Count);
                isDirty = true;
            }

            asked.ForEach(a => a.SetResult());
            asked.Clear();
            batch.Clear();
            more = _waiting.Reader.WaitToReadAsync().AsTask();
        }

        if (isDirty)
        {
            Keep(_log.Sync, 0);
        }
    }

    /// <summary>True when there is more, or the end, before a time is over.</summary>
    private async Task<bool> ComesAsync(Task more, TimeSpan time)
    {
        try
        {
            await more.WaitAsync(time, _clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Keep(Action write, int records)
    {
        try
        {
            write();
        }
        catch (IOException fault)
        {
            // Nothing may wait for a full disk here; the loss is counted, and said once a minute.
            _dropped(records);
            if (_complainedAt is not { } at || _clock.GetElapsedTime(at) >= ComplaintInterval)
            {
                _complainedAt = _clock.GetTimestamp();
                LogNotKept(_logger, fault.Message);
            }
        }
    }

    [LoggerMessage(4301, LogLevel.Error, "The history of machines cannot be written; what happens meanwhile is not kept: {Fault}")]
    private static partial void LogNotKept(ILogger logger, string fault);

    private readonly record struct Item(string Hostname, HistoryRecord? Record, TaskCompletionSource? Written);
}
