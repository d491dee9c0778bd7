using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Tools;

/// <summary>Which speeds are in force: what a person set for this machine for a time, else what the master sets, else what is configured.</summary>
internal sealed class SpeedControl(TreeWatch watch, NetworkShare network, ReportedState state, TimeProvider time, ILogger log) : IDisposable
{
    private readonly Lock _lock = new();
    private SubSettings? _master;
    private SpeedOverride? _override;
    private ITimer? _end;

    /// <summary>What the master sets; null for nothing.</summary>
    public SubSettings? Master
    {
        get
        {
            lock (_lock)
            {
                return _master;
            }
        }
    }

    /// <summary>What a person set; null for nothing.</summary>
    public SpeedOverride? Override
    {
        get
        {
            lock (_lock)
            {
                return _override;
            }
        }
    }

    /// <summary>Takes what a poll of the master says.</summary>
    public void Hear(SubSettings? settings)
    {
        lock (_lock)
        {
            _master = settings;
            Apply();
        }
    }

    /// <summary>Sets speeds until a lifetime is over; they replace those set before.</summary>
    public SpeedOverride Set(SpeedOverride speeds, TimeSpan lifetime)
    {
        lock (_lock)
        {
            _override = speeds = speeds with { Until = time.GetUtcNow() + lifetime };
            _end?.Dispose();
            _end = time.CreateTimer(_ => End(speeds), null, lifetime, Timeout.InfiniteTimeSpan);
            Apply();
        }

        log.SpeedsSet(speeds.ToString());
        return speeds;
    }

    /// <summary>Takes back what was set; true when something was.</summary>
    public bool Reset()
    {
        lock (_lock)
        {
            return Override is { } speeds && End(speeds);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _end?.Dispose();
        }
    }

    /// <summary>A timer that was replaced may still come: only what it was made for ends.</summary>
    private bool End(SpeedOverride speeds)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_override, speeds))
            {
                return false;
            }

            _override = null;
            _end?.Dispose();
            _end = null;
            Apply();
        }

        log.SpeedsEnded(speeds.ToString());
        return true;
    }

    private void Apply()
    {
        watch.UseScrubSpeed(_override is { ScanSpeedPercent: > 0 } own ? own.ScanSpeedPercent : _master?.ScanSpeedPercent ?? 0, _override?.Mode ?? SpeedMode.Percent);
        network.Use(_override is { NetworkSpeedPercent: > 0 } other ? other.NetworkSpeedPercent : _master?.NetworkSpeedPercent ?? 0);
        var text = _override?.ToString() ?? "";
        if (state.Current.SpeedsSet != text)
        {
            state.Change(current => current with { SpeedsSet = text });
        }
    }
}
