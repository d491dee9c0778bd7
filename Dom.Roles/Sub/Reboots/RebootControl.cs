using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Reboots;

/// <summary>Reboots the machine when an update has asked for it, everything of the update is done and reported, and nothing speaks against it.</summary>
/// <remarks>
/// Unlike the rest of an update it waits while the master says that nothing may be changed: until it reboots, a machine serves as before. Without a word of a
/// master it goes on after <see cref="Directions.DefaultLifetime"/>.
/// </remarks>
internal sealed class RebootControl(SubParts parts, TimeProvider time, ILogger log)
{
    private const int MaxAttempts = 3;

    /// <summary>A machine that was up for so long after a reboot may reboot for the same image again.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>So long a machine may take to go down: services stop, file systems are unmounted.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>For the answer of a poll to leave: the master is to know why the machine goes away.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private readonly long _started = time.GetTimestamp();
    private long? _told;
    private string _fault = "";

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = parts.State.Current.Generation;
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (IOException e)
            {
                // The note cannot be written: nothing is done without it, and the next look tries again.
                log.RebootNotNoted(e.Message);
                parts.State.Change(state => state with { LastWriteError = e.Message });
            }

            await Task.WhenAny(parts.State.WhenNot(generation), Task.Delay(Interval, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A person wants the machine to reboot although it was held.</summary>
    public bool Release()
    {
        if (!parts.Reboot.Release())
        {
            return false;
        }

        (_told, _fault) = (null, "");
        parts.State.Change(Report);
        return true;
    }

    /// <summary>The state with what is to be said of the reboot.</summary>
    public PollResponse Report(PollResponse state) => parts.Reboot.Note switch
    {
        { Progress: RebootProgress.Held, Reason: var reason } => state with { Reboot = RebootState.Held, RebootReason = reason },
        { Progress: RebootProgress.Due } when _told is not null => state with { Reboot = RebootState.Rebooting, RebootReason = _fault },
        { Progress: RebootProgress.Due } => state with { Reboot = RebootState.Due, RebootReason = Obstacle(state.Phase) },
        _ => state with { Reboot = RebootState.None, RebootReason = "" },
    };

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (parts.Reboot.Note is not { } note)
        {
            return;
        }

        if (note.Progress == RebootProgress.Done && time.GetElapsedTime(_started) >= Settled)
        {
            parts.Reboot.Forget();
        }

        if (note.Progress != RebootProgress.Due)
        {
            return;
        }

        if (_told is { } told && time.GetElapsedTime(told) < Patience)
        {
            return;
        }

        if (Obstacle(parts.State.Current.Phase).Length == 0)
        {
            await RebootAsync(note, cancellationToken);
        }

        parts.State.Change(Report);
    }

    private async Task RebootAsync(RebootNote note, CancellationToken cancellationToken)
    {
        if (note.Attempts >= MaxAttempts)
        {
            var reason = string.Create(CultureInfo.InvariantCulture, $"the machine was told {MaxAttempts} times to reboot and does not{(_fault.Length == 0 ? "" : ": " + _fault)}");
            log.RebootHeld(note.Image, reason);
            parts.Reboot.Hold(reason);
            return;
        }

        _told = time.GetTimestamp();
        parts.State.Change(Report);
        await Task.Delay(Farewell, time, cancellationToken);
        FailPoint.Pass(FailPoint.RebootBegins);
        parts.Reboot.Attempt(note.Attempts + 1);
        log.Reboots(note.Image);
        var (done, error) = await parts.Engine.TryRunServiceAsync(
            ServiceVerb.Reboot, note.Attempts + 1 < MaxAttempts ? ServiceAction.Reboot : ServiceAction.ForcedReboot, cancellationToken);
        _fault = error ?? "";
        if (!done)
        {
            // A service is being restarted: it was not told to, and the next look tries again.
            _told = null;
            parts.Reboot.Attempt(note.Attempts);
        }
        else if (error is not null)
        {
            log.RebootFailed(note.Image, error);
        }
    }

    /// <summary>What the reboot waits for; empty when for nothing.</summary>
    private string Obstacle(SubPhase phase) =>
        phase.IsUpdating() || parts.RolledBack.IsDue ? "an update is under way"
        : parts.Engine.ServicesDown ? "services that must run before the reboot do not start"
        : parts.Directions.Halted ? "updates are stopped"
        : !parts.Directions.HasHeard && time.GetElapsedTime(_started) < Directions.DefaultLifetime ? "the sub has just started and waits for a word of the master"
        : "";
}
