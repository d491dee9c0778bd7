using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>How fast contents are read again: a share of the speed at which they were read without a limit.</summary>
/// <param name="configured">Percent, when the master sets nothing else.</param>
/// <param name="time">The clock.</param>
internal sealed class ScrubSpeed(double configured, TimeProvider time)
{
    private const long Slowest = 1 << 20;

    /// <summary>Less than this tells nothing of the speed of the disk.</summary>
    private const long MeasurableBytes = 1 << 20;

    private readonly Lock _lock = new();
    private double _full;
    private double _percent;

    /// <summary>The limit: the slowest there is as long as nothing is measured.</summary>
    public ReadLimiter Limiter { get; } = new(Slowest, time);

    /// <summary>The share in percent.</summary>
    public double Percent => Volatile.Read(ref _percent) is > 0 and var percent ? percent : configured;

    /// <summary>True when the speed without a limit is known.</summary>
    public bool IsMeasured => Volatile.Read(ref _full) > 0;

    /// <summary>Sets the share in percent; 0 for what is configured.</summary>
    public void Use(double percent)
    {
        lock (_lock)
        {
            _percent = Math.Clamp(percent, 0, 100);
            Apply();
        }
    }

    /// <summary>Tells how fast contents were read without a limit; the first that says something counts.</summary>
    public void Measure(long bytes, TimeSpan duration)
    {
        lock (_lock)
        {
            if (!IsMeasured && bytes >= MeasurableBytes)
            {
                _full = bytes / Math.Max(duration.TotalSeconds, 0.001);
                Apply();
            }
        }
    }

    private void Apply() => Limiter.BytesPerSecond = Math.Max(Slowest, (long)(_full * Percent / 100));
}
