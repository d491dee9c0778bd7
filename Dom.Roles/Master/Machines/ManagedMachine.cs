using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>
/// One machine: a small state and one loop that polls its sub, judges the answer and gives directions. Everything the loop does to the machine is
/// done one after the other, so an answer always speaks of the time after the last direction.
/// </summary>
internal sealed partial class ManagedMachine : IAsyncDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstRedial = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRedial = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstFetchRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestFetchRetry = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstUpdateRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestUpdateRetry = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly MasterContext _context;
    private readonly Interruptible _waits;
    private readonly PollPace _pace;
    private readonly Backoff _redial;
    private readonly Backoff _fetchBackoff;
    private readonly Backoff _updateBackoff;
    private volatile RpcChannel _channel;
    private Task _running = Task.CompletedTask;

    // Shown to others, under the lock.
    private Machine _entry;
    private MachineStatus _status = MachineStatus.Unknown;
    private string _detail = "";
    private PollResponse? _answer;
    private DateTimeOffset? _lastAnswer;
    private DateTimeOffset? _lastSync;
    private DateTimeOffset? _lastUpdate;
    private TimeSpan? _skew;
    private long _corrections;
    private ulong _changedAt;

    // The loop's own.
    private bool _connected;
    private long _heardAt;
    private long _fetchRetryAt;
    private long _updateRetryAt;
    private Judgement _fetchFailure;
    private Judgement _updateFailure;
    private ObjectId _failedManifest;
    private ObjectId _compliantWith;
    private Direction? _direction;
    private int _lostInRow;
    private bool _directed;
    private ObjectId _fetching;
    private ObjectId _polledPlanned;
    private long? _turnSince;

    /// <summary>Makes a machine that does nothing before <see cref="Start"/>.</summary>
    public ManagedMachine(Machine entry, MasterContext context)
    {
        _entry = entry;
        _context = context;
        _channel = context.Dial(entry);
        _waits = new Interruptible(context.Clock);
        _pace = new PollPace(context.Clock);
        _redial = new Backoff(FirstRedial, LongestRedial, context.Random);
        _fetchBackoff = new Backoff(FirstFetchRetry, LongestFetchRetry, context.Random);
        _computedBackoff = new Backoff(FirstGenerateRetry, LongestGenerateRetry, context.Random);
        _updateBackoff = new Backoff(FirstUpdateRetry, LongestUpdateRetry, context.Random);
        _heardAt = context.Clock.GetTimestamp();
        NoteChange();
    }

    /// <summary>The host name, the key.</summary>
    public string Hostname => _entry.Hostname;

    /// <summary>The entry of the machine list.</summary>
    public Machine Entry
    {
        get
        {
            lock (_lock)
            {
                return _entry;
            }
        }
    }

    /// <summary>The status.</summary>
    public MachineStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    /// <summary>The status with its explanation.</summary>
    public (MachineStatus Status, string Detail) StatusAndDetail
    {
        get
        {
            lock (_lock)
            {
                return (_status, _detail);
            }
        }
    }

    /// <summary>The number of the last change of what <see cref="Describe"/> says, times of answers aside.</summary>
    public ulong ChangedAt => Volatile.Read(ref _changedAt);

    /// <summary>Starts the loop.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Takes a changed entry of the machine list; one with another address needs a new machine instead.</summary>
    public void Change(Machine entry)
    {
        bool isOther;
        lock (_lock)
        {
            isOther = _entry.RequiredImage != entry.RequiredImage;
            _entry = entry;
        }

        if (isOther)
        {
            Record(HistoryKind.Required, r => r);
        }

        Volatile.Write(ref _dataChanged, 1);
        NoteChange();
        Wake();
    }

    /// <summary>Makes the loop look at everything anew: a stop, an image, a turn or the like has changed.</summary>
    public void Wake() => _waits.Interrupt();

    /// <summary>Ends the loop. What the machine is doing goes on until its direction expires.</summary>
    public ValueTask DisposeAsync() => EndAsync(releases: false);

    /// <summary>Ends the loop, and lets another master have the machine at once if this one does not care for it any more.</summary>
    public async ValueTask EndAsync(bool releases)
    {
        _waits.Stop();
        await _running;
        if (releases)
        {
            await ReleaseAsync();
        }

        await _channel.DisposeAsync();
        _context.Admission.Leave(Hostname);
        _waits.Dispose();
    }

    private void SetStatus(MachineStatus status, string detail)
    {
        MachineStatus before;
        lock (_lock)
        {
            if (status == _status && detail == _detail)
            {
                return;
            }

            before = _status;
            _status = status;
            _detail = detail;
            if (status == MachineStatus.Synced && before != MachineStatus.Synced)
            {
                _lastSync = _context.Clock.GetUtcNow();
            }
        }

        NoteChange();
        if (before != status)
        {
            LogStatus(_context.Logger, Hostname, before, status, detail);
        }
    }

    /// <summary>True while this machine must not be changed: emergency stop, machine list or pause.</summary>
    private bool IsHeld => _context.Stop.IsOn || Entry.DisableUpdates || _context.Pauses.Find(Hostname) is not null;

    private void NoteChange() => _context.Changes.Note(ref _changedAt);

    private bool IsDue(long at) => at == 0 || _context.Clock.GetTimestamp() >= at;

    private long After(TimeSpan wait) =>
        _context.Clock.GetTimestamp() + (long)(wait.TotalSeconds * _context.Clock.TimestampFrequency) + 1;

    private TimeSpan Until(long at) =>
        TimeSpan.FromSeconds(Math.Max(0, at - _context.Clock.GetTimestamp()) / (double)_context.Clock.TimestampFrequency) + TimeSpan.FromMilliseconds(1);
}
