using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>How fast contents are read again: a share of the speed at which the device was read without a limit; next to nothing while the machine is short of something.</summary>
/// <param name="configured">Percent, when the master sets nothing else.</param>
/// <param name="pressure">Whether the machine is short of something.</param>
/// <param name="time">The clock.</param>
internal sealed class ScrubSpeed(double configured, PressureWatch pressure, TimeProvider time)
{
    /// <summary>The share while the machine is short of something.</summary>
    public const double EmergencyPercent = 0.1;

    private const long Slowest = 1 << 20;
    private const long SlowestInEmergency = 64 * 1024;

    /// <summary>Less than this tells nothing of the speed of the disk.</summary>
    private const long MeasurableBytes = 1 << 20;

    private readonly Lock _lock = new();
    private double _full;
    private double _percent;
    private SpeedMode _mode;
    private bool _isOfDevice;

    /// <summary>The limit: the slowest there is as long as nothing is measured.</summary>
    public ReadLimiter Limiter { get; } = new(Slowest, time);

    /// <summary>The share in percent.</summary>
    public double Percent => Volatile.Read(ref _percent) is > 0 and var percent ? percent : configured;

    /// <summary>True when the speed without a limit is known.</summary>
    public bool IsMeasured => Volatile.Read(ref _full) > 0;

    /// <summary>True when that speed is the device's, measured past the page cache.</summary>
    public bool IsOfDevice => Volatile.Read(ref _isOfDevice);

    /// <summary>True while reading again is to take next to nothing: programs wait, unless somebody wants it read all the same, or somebody wants it so.</summary>
    public bool IsNearlyStopped
    {
        get
        {
            lock (_lock)
            {
                return _mode == SpeedMode.Shed || (_mode != SpeedMode.Boost && pressure.IsHigh);
            }
        }
    }

    /// <summary>Sets the share in percent; 0 for what is configured.</summary>
    /// <param name="percent">The share; counts for <see cref="SpeedMode.Percent"/> only.</param>
    /// <param name="mode">Whether a person wants more, or less, than any share.</param>
    public void Use(double percent, SpeedMode mode = SpeedMode.Percent)
    {
        lock (_lock)
        {
            _mode = mode;
            _percent = mode switch
            {
                SpeedMode.Boost => 100,
                SpeedMode.Shed => EmergencyPercent,
                _ => Math.Clamp(percent, 0, 100),
            };
            Apply();
        }
    }

    /// <summary>Takes notice of how the machine is.</summary>
    public void Adapt()
    {
        lock (_lock)
        {
            Apply();
        }
    }

    /// <summary>Tells how fast contents were read without a limit. The first that says something counts, until the device itself was measured.</summary>
    public void Measure(long bytes, TimeSpan duration, bool ofDevice = false)
    {
        lock (_lock)
        {
            if (bytes >= MeasurableBytes && (!IsMeasured || (ofDevice && !IsOfDevice)))
            {
                _isOfDevice = ofDevice;
                _full = bytes / Math.Max(duration.TotalSeconds, 0.001);
                Apply();
            }
        }
    }

    private void Apply() => Limiter.BytesPerSecond = IsNearlyStopped
        ? Math.Max(SlowestInEmergency, (long)(_full * Math.Min(Percent, EmergencyPercent) / 100))
        : Math.Max(Slowest, (long)(_full * Percent / 100));
}
