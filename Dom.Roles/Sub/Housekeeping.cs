using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub;

/// <summary>What is done every few seconds: services that are down are tried again, the disk is probed, what was kept is counted, contested paths get their next correction, mounts are looked at, stores are cleaned, memory is given back.</summary>
internal sealed class Housekeeping(SubParts parts, Convergence convergence, StoreCleaner cleaner, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestServicePause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMinutes(1);

    private readonly MemoryTrim _memory = new(time);
    private TimeSpan _servicePause = Interval;
    private long _lastServiceTry;
    private long _lastProbe;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _lastServiceTry = _lastProbe = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!parts.Directions.AnyRunning)
            {
                await RetryServicesAsync(cancellationToken);
                cleaner.CleanIfSettled();
                if (parts.Watch.Scans > 0)
                {
                    _memory.TrimIfWorthIt();
                }
            }

            if (parts.Contested.Advance() || parts.Directory.Mounts.HasChanged)
            {
                convergence.Look();
            }

            Probe();
        }
    }

    private async Task RetryServicesAsync(CancellationToken cancellationToken)
    {
        if (!parts.Engine.ServicesDown)
        {
            _servicePause = Interval;
            return;
        }

        if (time.GetElapsedTime(_lastServiceTry) < _servicePause)
        {
            return;
        }

        try
        {
            await parts.Engine.RetryServicesAsync(cancellationToken);
        }
        catch (IOException e)
        {
            // What was done could not be noted: it is done once more, which does no harm to a start.
            parts.State.Change(state => state with { LastWriteError = e.Message });
        }

        _lastServiceTry = time.GetTimestamp();
        _servicePause = _servicePause * 2 > LongestServicePause ? LongestServicePause : _servicePause * 2;
        convergence.Look();
    }

    private void Probe()
    {
        if (time.GetElapsedTime(_lastProbe) < ProbeInterval)
        {
            return;
        }

        _lastProbe = time.GetTimestamp();
        var error = "";
        Func<PollResponse, PollResponse> kept = static state => state;
        try
        {
            parts.Directory.Directory.ReplaceFile("write-probe"u8, "can this be written?"u8);
            kept = parts.Kept.Look();
        }
        catch (IOException e)
        {
            error = e.Message;
        }

        parts.State.Change(state => kept(state) with { LastWriteError = error });
        if (convergence.MayLookAgain)
        {
            convergence.Look();
        }
    }
}
