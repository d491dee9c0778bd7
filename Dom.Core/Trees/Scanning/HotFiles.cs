using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Which files change so often that reading them each time would be a waste: rule 5.</summary>
/// <remarks>Thread-safe. Holds only files that changed in the last minute.</remarks>
internal sealed class HotFiles(TimeProvider time)
{
    private const int MaxChangesPerMinute = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<FileId, State> _states = [];

    /// <summary>A file was found changed: whether to read it now. False for a hot file that was read less than a minute ago.</summary>
    internal bool ShouldRead(FileId file, Func<UnixPath> path)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_states.TryGetValue(file, out var state))
            {
                _states.Add(file, state = new State { Path = path() });
            }

            state.Changes.Enqueue(now);
            Forget(state, now);
            var read = !IsHot(state) || state.LastRead is not { } last || time.GetElapsedTime(last, now) >= Window;
            if (read)
            {
                state.LastRead = now;
                state.UnstableAt = null;
            }

            return read;
        }
    }

    /// <summary>A file changed while it was read.</summary>
    internal void NoteUnstable(FileId file, UnixPath path)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_states.TryGetValue(file, out var state))
            {
                _states.Add(file, state = new State { Path = path });
            }

            state.LastRead = now;
            state.UnstableAt = now;
        }
    }

    /// <summary>The hot files, after forgetting those that have been quiet for a minute.</summary>
    internal IReadOnlyList<HotFile> List()
    {
        var now = time.GetTimestamp();
        var hot = new List<HotFile>();
        lock (_lock)
        {
            foreach (var (file, state) in _states)
            {
                Forget(state, now);
                if (IsHot(state))
                {
                    hot.Add(new HotFile(state.Path, state.Changes.Count, state.UnstableAt is not null));
                }
                else if (state.Changes.Count == 0)
                {
                    _states.Remove(file);
                }
            }
        }

        return hot;
    }

    private static bool IsHot(State state) => state.UnstableAt is not null || state.Changes.Count > MaxChangesPerMinute;

    private void Forget(State state, long now)
    {
        while (state.Changes.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= Window)
        {
            state.Changes.Dequeue();
        }

        if (state.UnstableAt is { } unstable && time.GetElapsedTime(unstable, now) >= Window)
        {
            state.UnstableAt = null;
        }
    }

    private sealed class State
    {
        public required UnixPath Path { get; init; }

        public Queue<long> Changes { get; } = new();

        public long? LastRead { get; set; }

        public long? UnstableAt { get; set; }
    }
}
