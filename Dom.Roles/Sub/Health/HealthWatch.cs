using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub.Images;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Health;

/// <summary>
/// Looks after an image that an update has brought, until it has proved itself: runs the health commands, has the machine brought back when one fails, and lets go
/// of what was replaced when the machine has been in sync and healthy for long enough. Times are monotonic and begin anew with the process.
/// </summary>
internal sealed class HealthWatch(
    SubParts parts, Convergence convergence, WayBack wayBack, HealthCommand runner, TimeSpan healthyAfter, Func<CancellationToken, Task> goBack, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>After a reboot for an update a command may fail for so long.</summary>
    private static readonly TimeSpan BootPatience = TimeSpan.FromMinutes(2);

    private readonly long _started = time.GetTimestamp();
    private ImageReference? _checked;
    private long _lastCheck;
    private long? _healthySince;
    private long? _lastWayBack;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = parts.State.Current.Generation;
            var looked = time.GetTimestamp();
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (IOException e)
            {
                // A mark cannot be written: nothing was begun without it, and the next look tries again.
                log.HealthNotNoted(e.Message);
                parts.State.Change(state => state with { LastWriteError = e.Message });
            }

            await Task.WhenAny(parts.State.WhenNot(generation), Task.Delay(PauseAfter(looked), time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private TimeSpan PauseAfter(long looked)
    {
        var pause = Interval - time.GetElapsedTime(looked);
        if (_healthySince is { } since && healthyAfter - time.GetElapsedTime(since) is var rest && rest < pause)
        {
            pause = rest;
        }

        return pause < ShortestPause ? ShortestPause : pause;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (parts.Watch.Current is null || parts.State.Current.Phase.IsUpdating())
        {
            (_checked, _healthySince) = (null, null);
            return;
        }

        if (parts.Reboot.IsDue)
        {
            // Services end while a machine goes down: that tells nothing about the image.
            (_checked, _healthySince) = (null, null);
            return;
        }

        if (parts.RolledBack.IsDue)
        {
            if (_lastWayBack is not { } last || time.GetElapsedTime(last) >= Interval)
            {
                // It stays due only when a disk fails.
                await goBack(cancellationToken);
                _lastWayBack = time.GetTimestamp();
            }

            return;
        }

        _lastWayBack = null;

        if (parts.Engine.Previous.Image is not { } previous)
        {
            (_checked, _healthySince) = (null, null);
            return;
        }

        if (parts.RolledBack.Note is { State: WayBackState.Failed })
        {
            // A person decides: what was kept stays, and is not touched.
            return;
        }

        var applied = parts.Applied.Image;
        if (applied is null || applied.IsSameAs(previous))
        {
            if (parts.Begun.Image is null)
            {
                // What is there is what was kept for: nothing to go back to. While an update is only half done it stays.
                LetGo();
            }

            return;
        }

        await CheckAsync(applied, cancellationToken);
    }

    private async Task CheckAsync(ImageReference applied, CancellationToken cancellationToken)
    {
        var isOver = _healthySince is { } since && time.GetElapsedTime(since) >= healthyAfter;
        if (applied.IsSameAs(_checked) && !isOver && time.GetElapsedTime(_lastCheck) < Interval)
        {
            return;
        }

        var phases = parts.State.PhaseChanges;
        var fault = await RunAsync(applied, cancellationToken);
        _lastCheck = time.GetTimestamp();
        if (phases != parts.State.PhaseChanges || parts.State.Current.Phase.IsUpdating())
        {
            // Something was begun or ended meanwhile, which may have stopped services: it is asked again.
            return;
        }

        _checked = applied;
        if (fault is not null && parts.Reboot.HasRebooted && time.GetElapsedTime(_started) < BootPatience)
        {
            // Services may still be starting.
            _healthySince = null;
        }
        else if (fault is not null)
        {
            _healthySince = null;
            wayBack.Demand(applied, fault);
            await goBack(cancellationToken);
        }
        else if (parts.Engine.ServicesDown || (IsRequired(applied) && !IsInSync(applied)))
        {
            _healthySince = null;
        }
        else if (isOver || healthyAfter == TimeSpan.Zero)
        {
            log.Proved(applied.Name, parts.Engine.Previous.Image?.Name ?? "", parts.Engine.Previous.Files, parts.Engine.Previous.Bytes);
            LetGo();
        }
        else
        {
            _healthySince ??= time.GetTimestamp();
        }
    }

    private async Task<string?> RunAsync(ImageReference applied, CancellationToken cancellationToken)
    {
        foreach (var command in parts.Health.CommandsFor(applied))
        {
            if (await runner.RunAsync(command, applied.Name, cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>When another image is required by now, or none, nobody brings the machine in sync with this one any more: its health alone tells.</summary>
    private bool IsRequired(ImageReference applied) => convergence.RequiredImage is { } required && required.IsSameAs(applied);

    /// <summary>What somebody on the machine keeps changing is no fault of the image.</summary>
    private bool IsInSync(ImageReference applied) =>
        convergence.Required is { Readiness: ImageReadiness.Ready, Plan: { Steps.IsEmpty: true, Blocked: 0, Unknown: 0 } plan, Image: { } image }
        && image.IsSameAs(applied) && plan.MissingComputed.IsEmpty;

    private void LetGo()
    {
        _healthySince = null;
        parts.Engine.Previous.Drop();
        _ = parts.Engine.FreeDiscarded();
        convergence.Look();
    }
}
