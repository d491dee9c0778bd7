using System.Collections.Frozen;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Scanning;

namespace Dom.Roles.Sub.Drift;

/// <summary>Rule 26: a path corrected more than 5 times in 10 minutes is contested, and corrected once a minute only until it is left alone.</summary>
/// <param name="time">The clock.</param>
/// <param name="writers">Who changes the paths that were corrected; null when nobody can tell.</param>
internal sealed class ContestedPaths(TimeProvider time, PathWriters? writers = null)
{
    private const int Bearable = 5;
    private const int MaxPaths = 10_000;
    private const int MaxReported = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<UnixPath, List<long>> _corrections = [];
    private FrozenSet<UnixPath> _deferred = FrozenSet<UnixPath>.Empty;
    private ContestedPath[] _contested = [];

    /// <summary>Contested paths that are not to be corrected now. The same object as long as nothing changes.</summary>
    public IReadOnlySet<UnixPath> Deferred
    {
        get
        {
            lock (_lock)
            {
                return _deferred;
            }
        }
    }

    /// <summary>Notes that a path was corrected some time ago.</summary>
    /// <returns>True when it is contested by now.</returns>
    public bool Note(UnixPath path, TimeSpan ago)
    {
        lock (_lock)
        {
            if (ago >= Window)
            {
                return false;
            }

            if (!_corrections.TryGetValue(path, out var moments))
            {
                if (_corrections.Count >= MaxPaths)
                {
                    return false;
                }

                // A copy: the path given lives with all paths of its plan.
                _corrections.Add(new UnixPath(path.Span.ToArray()), moments = []);
                writers?.Track(path);
            }

            moments.Add(time.GetTimestamp() - (long)(ago.TotalSeconds * time.TimestampFrequency));
            return moments.Count(IsRecent) > Bearable;
        }
    }

    /// <summary>Forgets everything: another image begins.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var path in _corrections.Keys)
            {
                writers?.Forget(path);
            }

            _corrections.Clear();
        }

        Advance();
    }

    /// <summary>Looks at the clock: which paths are contested, and which of them are to be corrected now.</summary>
    /// <returns>True when that has changed.</returns>
    public bool Advance()
    {
        lock (_lock)
        {
            foreach (var (path, moments) in _corrections.ToArray())
            {
                moments.RemoveAll(moment => !IsRecent(moment));
                if (moments.Count == 0)
                {
                    _corrections.Remove(path);
                    writers?.Forget(path);
                }
            }

            var contested = _corrections.Where(static c => c.Value.Count > Bearable).OrderBy(static c => c.Key).ToArray();
            var deferred = contested.Where(c => time.GetElapsedTime(c.Value[^1]) < Pause).Select(static c => c.Key).ToFrozenSet();
            ContestedPath[] reported = [.. contested.Select(c => new ContestedPath { Path = c.Key, Corrections = c.Value.Count, Writer = writers?.Of(c.Key) ?? "" })];
            var changed = !deferred.SetEquals(_deferred) || !reported.AsSpan().SequenceEqual(_contested);
            _deferred = deferred.SetEquals(_deferred) ? _deferred : deferred;
            _contested = reported;
            return changed;
        }
    }

    /// <summary>Puts the contested paths into the reported state.</summary>
    public PollResponse Report(PollResponse state)
    {
        lock (_lock)
        {
            return state with { Contested = _contested.Length, ContestedPaths = [.. _contested.Take(MaxReported)] };
        }
    }

    private bool IsRecent(long moment) => time.GetElapsedTime(moment) < Window;
}
