using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.Policy;

/// <summary>Machines that people keep from being changed for a time; at most one pause for each, durable. Safe for several threads.</summary>
/// <remarks>The end is a moment of the master's own clock, so that a restart does not begin a pause anew.</remarks>
internal sealed class Pauses : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SubPause> _pauses = new(StringComparer.Ordinal);
    private readonly HashSet<SubPause> _ending = new(ReferenceEqualityComparer.Instance);
    private readonly TimeProvider _clock;
    private readonly Func<Task> _save;
    private readonly Action<string> _changed;
    private readonly ITimer _timer;

    /// <param name="pauses">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="save">Makes <see cref="Snapshot"/> durable.</param>
    /// <param name="changed">Called with the name of a machine that must hear of a change.</param>
    public Pauses(IEnumerable<SubPause> pauses, TimeProvider clock, Func<Task> save, Action<string> changed)
    {
        _clock = clock;
        _save = save;
        _changed = changed;
        foreach (var pause in pauses)
        {
            _pauses[pause.Hostname] = pause;
        }

        _timer = clock.CreateTimer(_ => EndThoseThatAreOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            SetTimer();
        }
    }

    /// <summary>How many machines are paused.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _pauses.Count;
            }
        }
    }

    /// <summary>The pause of a machine; null when it has none or it is over.</summary>
    public SubPause? Find(string hostname)
    {
        lock (_lock)
        {
            return _pauses.Count > 0 && _pauses.TryGetValue(hostname, out var pause) && pause.Until > _clock.GetUtcNow() ? pause : null;
        }
    }

    /// <summary>Pauses machines, in place of pauses they have: at once, and durably when this returns.</summary>
    /// <exception cref="IOException">They are paused but would not be after a restart.</exception>
    public async Task BeginAsync(IReadOnlyList<string> hostnames, TimeSpan duration, string user, string reason)
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var hostname in hostnames)
            {
                _pauses[hostname] = new SubPause { Hostname = hostname, Until = now + duration, User = user, Reason = reason, Since = now };
            }

            SetTimer();
        }

        Tell(hostnames);
        await _save();
    }

    /// <summary>Ends pauses, once that is durable.</summary>
    /// <exception cref="IOException">It could not be made durable, and the machines stay paused.</exception>
    public async Task EndAsync(IReadOnlyList<string> hostnames)
    {
        List<SubPause> ending;
        lock (_lock)
        {
            ending = [.. hostnames.Select(h => _pauses.GetValueOrDefault(h)).OfType<SubPause>()];
            _ending.UnionWith(ending);
        }

        var saved = false;
        try
        {
            await _save();
            saved = true;
        }
        finally
        {
            lock (_lock)
            {
                _ending.ExceptWith(ending);
                foreach (var pause in saved ? ending : [])
                {
                    // A pause that began meanwhile is another one.
                    if (ReferenceEquals(_pauses.GetValueOrDefault(pause.Hostname), pause))
                    {
                        _pauses.Remove(pause.Hostname);
                    }
                }
            }
        }

        Tell(hostnames);
    }

    /// <summary>Forgets the pauses of machines that are not in the list any more.</summary>
    public void Keep(Func<string, bool> exists)
    {
        lock (_lock)
        {
            foreach (var hostname in _pauses.Keys.Where(h => !exists(h)).ToList())
            {
                _pauses.Remove(hostname);
            }
        }
    }

    /// <summary>What must be remembered.</summary>
    public IReadOnlyList<SubPause> Snapshot()
    {
        lock (_lock)
        {
            return [.. _pauses.Values.Where(p => !_ending.Contains(p)).OrderBy(p => p.Hostname, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void EndThoseThatAreOver()
    {
        List<string> over;
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            over = [.. _pauses.Values.Where(p => p.Until <= now).Select(p => p.Hostname)];
            foreach (var hostname in over)
            {
                _pauses.Remove(hostname);
            }

            SetTimer();
        }

        // The file may still name them: their time is over after a restart too.
        Tell(over);
    }

    private void SetTimer()
    {
        if (_pauses.Count == 0)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Looked at once a day at least: timers reach no further than some weeks, and clocks are set.
        var wait = _pauses.Values.Min(p => p.Until) - _clock.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, Timeout.InfiniteTimeSpan);
    }

    private void Tell(IReadOnlyList<string> hostnames)
    {
        foreach (var hostname in hostnames)
        {
            _changed(hostname);
        }
    }
}
