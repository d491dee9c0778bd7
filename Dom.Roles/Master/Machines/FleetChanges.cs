namespace Dom.Roles.Master.Machines;

/// <summary>
/// Numbers the changes of all machines, so that anybody can ask what has changed since he last looked, and nothing is kept for those who do. Each
/// machine carries the number of its last change; only machines that left are remembered here, as many as <see cref="MaxGone"/>. Safe for several threads.
/// </summary>
internal sealed class FleetChanges
{
    /// <summary>Departures that are remembered; who asks from before the oldest gets everything anew.</summary>
    public const int MaxGone = 20_000;

    private readonly Lock _lock = new();
    private readonly Queue<(ulong Number, string Hostname)> _gone = new();
    private ulong _number;
    private ulong _forgotten;
    private TaskCompletionSource? _next;

    /// <param name="epoch">Random number of this process; not 0.</param>
    public FleetChanges(ulong epoch) => Epoch = epoch;

    /// <summary>Random number of this process: numbers of another one mean nothing here.</summary>
    public ulong Epoch { get; }

    /// <summary>The number of the last change. Every machine with a number up to this one carries it already.</summary>
    public ulong Number
    {
        get
        {
            lock (_lock)
            {
                return _number;
            }
        }
    }

    /// <summary>Gives a machine the number of a new change; its state must have been changed before.</summary>
    /// <param name="changedAt">Where the machine carries its number.</param>
    public void Note(ref ulong changedAt)
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            Volatile.Write(ref changedAt, ++_number);
            next = TakeNext();
        }

        next?.SetResult();
    }

    /// <summary>Notes that a machine left the list.</summary>
    public void NoteGone(string hostname)
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            _gone.Enqueue((++_number, hostname));
            if (_gone.Count > MaxGone)
            {
                _forgotten = _gone.Dequeue().Number;
            }

            next = TakeNext();
        }

        next?.SetResult();
    }

    /// <summary>True when everything that happened after this number can still be told.</summary>
    public bool Reaches(ulong since)
    {
        lock (_lock)
        {
            return since >= _forgotten && since <= _number;
        }
    }

    /// <summary>Machines that left after this number.</summary>
    public IReadOnlyList<string> GoneSince(ulong since)
    {
        lock (_lock)
        {
            return _gone.Count == 0 ? [] : [.. _gone.Where(g => g.Number > since).Select(g => g.Hostname)];
        }
    }

    /// <summary>Completes when something has changed after this number.</summary>
    public Task NextAsync(ulong since)
    {
        lock (_lock)
        {
            return _number > since ? Task.CompletedTask : (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private TaskCompletionSource? TakeNext()
    {
        var next = _next;
        _next = null;
        return next;
    }
}
