using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Who polls, and how often each is answered: at most once a second unless a direction runs or the phase changes (rule 16).</summary>
internal sealed class MasterWatch(TimeProvider time, ILogger log)
{
    private const int MaxMasters = 64;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Master> _masters = new(StringComparer.Ordinal);

    /// <summary>Notes that a master polls; true when it did not within the last minute.</summary>
    public bool Hear(string name)
    {
        lock (_lock)
        {
            Forget();
            var other = FindOther(name);
            var isNew = false;
            if (!_masters.TryGetValue(name, out var master))
            {
                isNew = true;
                if (_masters.Count >= MaxMasters)
                {
                    return false;
                }

                _masters.Add(name, master = new Master());
                if (other.Length > 0)
                {
                    log.OtherMaster(name, other);
                }
            }

            master.Heard = time.GetTimestamp();
            return isNew;
        }
    }

    /// <summary>Notes what a master was told.</summary>
    public void Answered(string name, long phaseChanges)
    {
        lock (_lock)
        {
            if (_masters.TryGetValue(name, out var master))
            {
                (master.Answered, master.WasAnswered, master.PhaseChanges) = (time.GetTimestamp(), true, phaseChanges);
            }
        }
    }

    /// <summary>Waits until the master may be answered again.</summary>
    /// <param name="name">The master.</param>
    /// <param name="isBusy">True when a direction runs: then nobody waits.</param>
    /// <param name="phaseChanges">Changes of the phase so far.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task PaceAsync(string name, Func<bool> isBusy, long phaseChanges, CancellationToken cancellationToken)
    {
        TimeSpan rest;
        lock (_lock)
        {
            if (!_masters.TryGetValue(name, out var master) || !master.WasAnswered || master.PhaseChanges != phaseChanges || isBusy())
            {
                return Task.CompletedTask;
            }

            rest = Pace - time.GetElapsedTime(master.Answered);
        }

        return rest > TimeSpan.Zero ? Task.Delay(rest, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>The master does not poll any more.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _masters.Remove(name);
        }
    }

    /// <summary>Another master that polled within the last minute; empty when there is none.</summary>
    public string Other(string name)
    {
        lock (_lock)
        {
            Forget();
            return FindOther(name);
        }
    }

    private string FindOther(string name) => _masters.Keys.FirstOrDefault(other => other != name) ?? "";

    private void Forget()
    {
        foreach (var (name, master) in _masters.ToArray())
        {
            if (time.GetElapsedTime(master.Heard) > Memory)
            {
                _masters.Remove(name);
            }
        }
    }

    private sealed class Master
    {
        public long Heard { get; set; }

        public long Answered { get; set; }

        public bool WasAnswered { get; set; }

        public long PhaseChanges { get; set; }
    }
}
