using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Roles.MdbSync.Sources;
using Dom.Roles.MdbSync.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync.Publication;

/// <summary>
/// Makes the list in force of what the sources say: merged, variables replaced, filtered, guarded against sudden shrinking, pauses applied.
/// </summary>
internal sealed class MdbPublisher
{
    private const int MaxNamed = 5;

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<WatchedSource> _sources;
    private readonly WatchedFile<Variables>? _variables;
    private readonly HostFilter _filter;
    private readonly PauseTable _pauses;
    private readonly int _maxShrinkPercent;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HashSet<string> _mayVanish = new(StringComparer.Ordinal);
    private MachineList _merged = MachineList.Empty;
    private MachineList? _accepted;
    private MachineList? _candidate;
    private RefusedShrink? _refused;
    private string _held = "";
    private string _undefined = "";

    public MdbPublisher(
        IReadOnlyList<WatchedSource> sources,
        WatchedFile<Variables>? variables,
        HostFilter filter,
        MdbState state,
        int maxShrinkPercent,
        TimeProvider clock,
        ILogger log)
    {
        _sources = sources;
        _variables = variables;
        _filter = filter;
        _pauses = state.Pauses;
        _accepted = state.Accepted;
        _maxShrinkPercent = maxShrinkPercent;
        _clock = clock;
        _log = log;
    }

    /// <summary>Where the list in force is to be had.</summary>
    public MachineFeed Feed { get; } = new();

    /// <summary>The list without pauses; null before the first.</summary>
    public MachineList? Accepted
    {
        get
        {
            lock (_lock)
            {
                return _accepted;
            }
        }
    }

    /// <summary>Why the list in force is not what the sources say; empty when it is.</summary>
    public string Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Variables that machines use and nobody defines, in words; empty when there are none.</summary>
    public string Undefined
    {
        get
        {
            lock (_lock)
            {
                return _undefined;
            }
        }
    }

    /// <summary>The merged list that is refused; null when there is none.</summary>
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

    /// <summary>Computes the list anew and puts it into force if it changed.</summary>
    public void Update()
    {
        lock (_lock)
        {
            if (Collect() is { } collected)
            {
                Judge(collected);
            }

            if (_accepted is not null)
            {
                Publish(_accepted);
            }
        }
    }

    /// <summary>Lets machines vanish whose source's loss was accepted.</summary>
    public void Allow(IEnumerable<string> lost)
    {
        lock (_lock)
        {
            _mayVanish.UnionWith(lost);
        }
    }

    /// <summary>Takes the merged list that is refused; null when there is none, or it lost more than is expected.</summary>
    public RefusedShrink? Accept(int atMost)
    {
        lock (_lock)
        {
            if (_refused is null || _candidate is null || (atMost > 0 && _refused.Lost > atMost))
            {
                return null;
            }

            var accepted = _refused;
            TakeOver(_candidate);
            return accepted;
        }
    }

    /// <summary>The list of all sources, filtered; null when a part of it is not known.</summary>
    private MachineList? Collect()
    {
        _held = FindMissing();
        if (_held.Length > 0)
        {
            return null;
        }

        var undefined = new HashSet<string>(StringComparer.Ordinal);
        var variables = _variables?.Value ?? Variables.None;
        _merged = MachineMerge.Merge([.. _sources.Select(s => s.List ?? MachineList.Empty)], _merged);
        var machines = new List<Machine>(_merged.Count);
        foreach (var machine in _merged.Machines)
        {
            if (_filter.Takes(machine.Hostname))
            {
                machines.Add(variables.Expand(machine, undefined));
            }
        }

        _undefined = undefined.Count == 0
            ? ""
            : $"{string.Join(", ", undefined.Order(StringComparer.Ordinal).Take(MaxNamed))}{(undefined.Count > MaxNamed ? $" and {undefined.Count - MaxNamed} more" : "")}";
        return new MachineList(machines);
    }

    /// <summary>Without one source, others would count that it overrides, and machines would get other images.</summary>
    private string FindMissing()
    {
        if (_sources.FirstOrDefault(static s => s.List is null) is { } source)
        {
            return $"the source {source.Name} has had no good data yet ({(source.Status.Error is { Length: > 0 } error ? error : "it is being read")}); "
                + "without it other sources would count in its place";
        }

        return _variables is { Value: null } ? $"{_variables.Path} could not be read yet: {_variables.Error}" : FindMissingNames();
    }

    private string FindMissingNames() => _filter.Files.FirstOrDefault(static f => f.Value is null) is { } file ? $"{file.Path} could not be read yet: {file.Error}" : "";

    private void Judge(MachineList list)
    {
        var loss = _accepted is null ? default : MachineListLoss.Between(_accepted, list, _mayVanish);
        if (_accepted is null || !loss.Exceeds(_maxShrinkPercent))
        {
            TakeOver(list);
            return;
        }

        _held = $"{loss.Lost} of {loss.Of} machines are missing from the new list, more than MaximumShrinkPercent={_maxShrinkPercent} allows at once; "
            + "the list before stays in force until `dom mdb accept-shrink` says that this is meant";
        if (_refused is null)
        {
            _log.ShrinkRefused(_held);
        }

        _candidate = list;
        _refused = new RefusedShrink { Lost = loss.Lost, Of = loss.Of, Examples = loss.Examples, Since = _refused?.Since ?? _clock.GetUtcNow() };
    }

    private void TakeOver(MachineList list)
    {
        (_candidate, _refused, _held) = (null, null, "");
        _mayVanish.Clear();
        _accepted = MachineMerge.Merge([list], _accepted ?? MachineList.Empty);
    }

    private void Publish(MachineList accepted)
    {
        var pauses = _pauses.InForce();
        var list = pauses.Count == 0 ? accepted : new MachineList(Apply(pauses, accepted));
        var before = Feed.Current;
        list = MachineMerge.Merge([list], before?.List ?? MachineList.Empty);
        if (before is not null && ReferenceEquals(list, before.List))
        {
            return;
        }

        var changes = MachineListChanges.Between(before?.List ?? MachineList.Empty, list);
        var published = new PublishedList((before?.Generation ?? 0) + 1, list, _clock.GetUtcNow());
        _log.Published(published.Generation, list.Count, changes.Changed.Length, changes.Removed.Length);
        Feed.Publish(published);
    }

    private static IEnumerable<Machine> Apply(IReadOnlyDictionary<string, MachinePause> pauses, MachineList list)
    {
        foreach (var machine in list.Machines)
        {
            if (!pauses.TryGetValue(machine.Hostname, out var pause))
            {
                yield return machine;
            }
            else if (!pause.Remove)
            {
                yield return machine with { DisableUpdates = true };
            }
        }
    }
}
