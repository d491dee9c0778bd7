namespace Dom.Roles.Master.Policy;

/// <summary>
/// Bounds how often one machine is polled, whatever it answers: some polls in a row at once, later two a second, so that a machine whose
/// state changes all the time, or that is broken, costs little. For one thread.
/// </summary>
internal sealed class PollPace(TimeProvider clock)
{
    private const double Burst = 20;
    private const double PerSecond = 2;

    private double _credit = Burst;
    private long _last = clock.GetTimestamp();

    /// <summary>Counts a poll and says how long to wait before it; usually zero.</summary>
    public TimeSpan Next()
    {
        var now = clock.GetTimestamp();
        _credit = Math.Min(Burst, _credit + (clock.GetElapsedTime(_last, now).TotalSeconds * PerSecond)) - 1;
        _last = now;
        return _credit >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_credit / PerSecond);
    }
}
