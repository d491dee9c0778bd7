using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Roles.Hosting;
using Dom.Roles.MdbSync.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>
/// A source and its last good data, which stays in force whatever happens to the source. Data that lost too many machines waits to be accepted.
/// </summary>
internal sealed class WatchedSource : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IMachineSource _source;
    private readonly int _maxShrinkPercent;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly DurableFile<SourceRecord> _saves;
    private MachineList _raw = MachineList.Empty;
    private MachineList? _list;
    private MachineList? _candidate;
    private RefusedShrink? _refused;
    private DateTimeOffset? _checkedAt;
    private DateTimeOffset? _changedAt;
    private DateTimeOffset? _failingSince;
    private string _error = "";
    private long _reads;
    private long _failures;

    /// <summary>Takes the last good data of before a restart.</summary>
    public WatchedSource(SourceDefinition definition, IMachineSource source, int maxShrinkPercent, MdbState state, TimeProvider clock, ILogger log)
    {
        Definition = definition;
        _source = source;
        _maxShrinkPercent = maxShrinkPercent;
        _clock = clock;
        _log = log;
        _saves = state.SavesOf(definition.Name, Snapshot);
        if (state.LoadSource(definition.Name) is { } record && state.ToList(definition.Name, record.Machines) is { } list)
        {
            _raw = list;
            _list = MachineStamp.Apply(definition, list);
            _changedAt = record.ReadAt;
        }
    }

    /// <summary>The definition.</summary>
    public SourceDefinition Definition { get; }

    /// <summary>The name.</summary>
    public string Name => Definition.Name;

    /// <summary>The last good data; null when there was none ever.</summary>
    public MachineList? List
    {
        get
        {
            lock (_lock)
            {
                return _list;
            }
        }
    }

    /// <summary>Data that is refused; null when there is none.</summary>
    public RefusedShrink? Refused
    {
        get
        {
            lock (_lock)
            {
                return _refused;
            }
        }
    }

    /// <summary>What is known of the source.</summary>
    public MdbSourceStatus Status
    {
        get
        {
            lock (_lock)
            {
                return new MdbSourceStatus
                {
                    Name = Name,
                    Driver = Definition.Driver.ToString().ToLowerInvariant(),
                    Location = Definition.Address?.GetLeftPart(UriPartial.Path) ?? Definition.Location,
                    Machines = _list?.Count ?? 0,
                    CheckedAt = _checkedAt,
                    ChangedAt = _changedAt,
                    Error = _error.Length > 0 ? _error : _saves.Error.Length > 0 ? $"its data cannot be saved: {_saves.Error}" : "",
                    FailingSince = _failingSince,
                    Reads = _reads,
                    Failures = _failures,
                };
            }
        }
    }

    /// <summary>Looks at the source. True when its data changed.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        bool changed;
        try
        {
            var reading = await _source.ReadAsync(_raw, cancellationToken);
            changed = Take(reading);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or MachineListException or TimeoutException)
        {
            Fail(fault.Message);
            return false;
        }

        if (changed)
        {
            await SaveAsync();
        }

        return changed;
    }

    /// <summary>Takes the data that is refused. Names of the machines that are gone by that; null when nothing is refused, or more than is expected.</summary>
    public async Task<(RefusedShrink Shrink, IReadOnlySet<string> Lost)?> AcceptAsync(int atMost)
    {
        RefusedShrink refused;
        HashSet<string> lost;
        lock (_lock)
        {
            if (_refused is null || _candidate is null || (atMost > 0 && _refused.Lost > atMost))
            {
                return null;
            }

            refused = _refused;
            lost = _list?.Machines.Select(static m => m.Hostname).ToHashSet(StringComparer.Ordinal) ?? [];
            lost.ExceptWith(_candidate.Machines.Select(static m => m.Hostname));
            Adopt(_candidate);
            SetError("");
        }

        await SaveAsync();
        return (refused, lost);
    }

    /// <summary>Completes when nothing is being saved.</summary>
    public Task IdleAsync() => _saves.IdleAsync();

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private bool Take(SourceReading reading)
    {
        lock (_lock)
        {
            _reads++;
            _checkedAt = _clock.GetUtcNow();
            var changed = reading.List is not null && Judge(reading.List);
            if (_refused is { } refused)
            {
                SetError($"{refused.Lost} of {refused.Of} machines are missing from it, more than MaximumShrinkPercent={_maxShrinkPercent} allows at once; "
                    + "the last good data stays in force until `dom mdb accept-shrink` says that this is meant");
            }
            else
            {
                SetError(string.Join("; ", reading.Problems));
            }

            return changed;
        }
    }

    /// <summary>Adopts a list, unless it lost too many machines. True when the data changed.</summary>
    private bool Judge(MachineList list)
    {
        if (_list is not null && list.Machines.AsSpan().SequenceEqual(_raw.Machines.AsSpan()))
        {
            (_candidate, _refused) = (null, null);
            return false;
        }

        var loss = MachineListLoss.Between(_raw, list);
        if (!loss.Exceeds(_maxShrinkPercent))
        {
            Adopt(list);
            return true;
        }

        if (_refused is null)
        {
            _log.ShrinkRefused($"{loss.Lost} of {loss.Of} machines of the source {Name} are missing");
        }

        _candidate = list;
        _refused = new RefusedShrink
        {
            Source = Name,
            Lost = loss.Lost,
            Of = loss.Of,
            Examples = loss.Examples,
            Since = _refused?.Since ?? _clock.GetUtcNow(),
        };
        return false;
    }

    private void Adopt(MachineList list)
    {
        (_candidate, _refused) = (null, null);
        _raw = list;
        _list = MachineMerge.Merge([MachineStamp.Apply(Definition, list)], _list ?? MachineList.Empty);
        _changedAt = _clock.GetUtcNow();
    }

    private void Fail(string message)
    {
        lock (_lock)
        {
            _reads++;
            _failures++;
            SetError(message);
        }
    }

    private void SetError(string message)
    {
        if (message == _error)
        {
            return;
        }

        _failingSince = message.Length == 0 ? null : _failingSince ?? _clock.GetUtcNow();
        _error = message;
        if (message.Length == 0)
        {
            _log.SourceRecovered(Name);
        }
        else
        {
            _log.SourceFailed(Name, message, _list?.Count ?? 0);
        }
    }

    private async Task SaveAsync()
    {
        try
        {
            await _saves.SaveAsync();
        }
        catch (IOException fault)
        {
            _log.SourceNotSaved(Name, fault.Message);
        }
    }

    private SourceRecord Snapshot()
    {
        lock (_lock)
        {
            return new SourceRecord { Name = Name, ReadAt = _changedAt ?? default, Machines = _raw.Machines };
        }
    }
}
