using Dom.Core.Linux;

namespace Dom.Roles.Sub;

/// <summary>
/// How soon a path is tried again that moved while an update was prepared, or was no different after one: after 1, 2, 4 … 60 s. Nobody can keep a machine busy
/// by moving his files about, and nothing goes on for ever that a file system does not hold. What is corrected too often is another matter (rule 26).
/// </summary>
internal sealed class PathPace(TimeProvider time)
{
    private const int QuietFailures = 5;
    private const int MaxPaths = 65_536;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<UnixPath, (int Failures, long Last)> _paths = [];

    /// <summary>The clock it goes by.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>True when no path has anything to wait for.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _paths.Count == 0;
            }
        }
    }

    /// <summary>These paths could not be made right, or it did not last. What was quiet for ten minutes is forgotten.</summary>
    public void Failed(IEnumerable<UnixPath> paths)
    {
        lock (_lock)
        {
            var now = Time.GetTimestamp();
            foreach (var old in _paths.Where(pair => Time.GetElapsedTime(pair.Value.Last, now) > Window).Select(static pair => pair.Key).ToList())
            {
                _paths.Remove(old);
            }

            foreach (var path in paths)
            {
                if (_paths.TryGetValue(path, out var known))
                {
                    _paths[path] = (known.Failures + 1, now);
                }
                else if (_paths.Count < MaxPaths)
                {
                    // A copy: the path of a plan keeps all paths of the plan in memory.
                    _paths.Add(new UnixPath(path.Span.ToArray()), (1, now));
                }
            }
        }
    }

    /// <summary>Another image is required: what happened before does not count.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _paths.Clear();
        }
    }

    /// <summary>How long the path waits for its next correction; zero when it does not.</summary>
    public TimeSpan RestOf(UnixPath path)
    {
        lock (_lock)
        {
            if (!_paths.TryGetValue(path, out var known))
            {
                return TimeSpan.Zero;
            }

            var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(known.Failures - 1, 6)));
            var rest = (pause > LongestPause ? LongestPause : pause) - Time.GetElapsedTime(known.Last);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>True of a path that failed more than five times: it is said, and not only waited for.</summary>
    public bool IsFailing(UnixPath path)
    {
        lock (_lock)
        {
            return _paths.TryGetValue(path, out var known) && known.Failures > QuietFailures;
        }
    }
}
