namespace Dom.Roles.Sub;

/// <summary>
/// Gives memory back to the machine that a scan, a fetch or an update needed and nothing needs any more. The runtime would keep it for the next one, which may be
/// days away.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="committed">Bytes the managed heap has from the kernel; null for those of this process.</param>
/// <param name="collect">Collects and gives back; null for this process.</param>
internal sealed class MemoryTrim(TimeProvider time, Func<long>? committed = null, Action? collect = null)
{
    private const long WorthIt = 4 << 20;

    /// <summary>Collecting takes some 50 ms of processor time.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);

    private readonly Func<long> _committed = committed ?? (static () => GC.GetGCMemoryInfo().TotalCommittedBytes);
    private readonly Action _collect = collect ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
    private long? _last;
    private long _left;

    /// <summary>To be called while nothing runs: collects when there is something worth it, at most every ten minutes.</summary>
    /// <returns>True when it did.</returns>
    public bool TrimIfWorthIt()
    {
        if (_last is { } last && (time.GetElapsedTime(last) < Shortest || _committed() < _left + WorthIt))
        {
            return false;
        }

        _collect();
        (_last, _left) = (time.GetTimestamp(), _committed());
        return true;
    }
}
