namespace Dom.Roles.Master.Policy;

/// <summary>Waiting times that double with each failure, with jitter so that a fleet does not return in step. For one thread.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _failures;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _failures;

    /// <summary>Counts a failure and says how long to wait: between half and the whole of the doubled time.</summary>
    public TimeSpan Next()
    {
        var whole = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 30)));
        _failures = Math.Min(_failures + 1, int.MaxValue - 1);
        return TimeSpan.FromMilliseconds(whole * (0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>Forgets the failures.</summary>
    public void Reset() => _failures = 0;
}
