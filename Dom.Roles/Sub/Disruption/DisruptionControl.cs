using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Images;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Disruption;

/// <summary>
/// Asks for permission before an update of high impact, keeps it until the machine is back in sync, reboot and all, and gives it back when nobody needs it any more.
/// </summary>
/// <remarks>
/// It is asked for only when the master has directed the update: a machine that waits for something else must not keep others waiting. That it was asked for is
/// durable, so that a machine which comes back from its reboot gives it back. Without an authority everything is allowed.
/// </remarks>
internal sealed class DisruptionControl(IDisruptionAuthority? authority, DisruptionPace pace, SubParts parts, Convergence convergence, TimeProvider time, ILogger log)
{
    /// <summary>An older answer is no permission.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>A permission that no update uses is given back after so long, and one that nobody asks about either.</summary>
    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile DisruptionAnswer _answer = DisruptionAnswer.None;
    private volatile bool _isWanted;
    private volatile bool _isUsed;
    private long _wantedAt;
    private long _answeredAt;
    private long _requestedAt;
    private long _nextAt;

    private static ReadOnlySpan<byte> Name => "disruption"u8;

    /// <summary>Lets an update begin, or refuses it and sees to a permission. The codes are DisruptionRequested, DisruptionDenied and DisruptionFailed.</summary>
    /// <exception cref="RpcException">There is no permission (yet).</exception>
    public void Require(TriggerActions services, bool isForced, string user)
    {
        if (authority is null || !(services.HighImpact || services.Reboot))
        {
            return;
        }

        lock (_lock)
        {
            if (isForced)
            {
                log.DisruptionForced(user);
                return;
            }

            if (_isWanted && _answer.State == DisruptionState.Permitted && time.GetElapsedTime(_answeredAt) <= Fresh)
            {
                _isUsed = true;
                return;
            }

            if (!_isWanted)
            {
                _wantedAt = time.GetTimestamp();
                (_isWanted, _isUsed, _nextAt, _answer) = (true, false, 0, new DisruptionAnswer(DisruptionState.Requested, $"{authority.Name} is being asked"));
            }
            else if (_answer.State == DisruptionState.Permitted)
            {
                _nextAt = 0;
            }
        }

        parts.State.Change(Report);
        var answer = _answer;
        var state = answer.State is DisruptionState.Denied or DisruptionState.Failed ? answer.State : DisruptionState.Requested;
        throw new RpcException(RpcStatus.Conflict, $"the update is of high impact: {Describe(answer)}", $"Disruption{state}");
    }

    /// <summary>The state with what is to be said of the permission.</summary>
    public PollResponse Report(PollResponse state)
    {
        lock (_lock)
        {
            return state with { Disruption = _isWanted ? _answer.State : DisruptionState.None, DisruptionReason = _isWanted ? _answer.Reason : "" };
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (authority is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            return;
        }

        Remember();
        while (true)
        {
            try
            {
                await LookAsync(authority, cancellationToken);
            }
            catch (IOException e)
            {
                // Nothing is asked that is not noted; the next look tries again.
                _nextAt = After(pace.Retry);
                parts.State.Change(state => state with { LastWriteError = e.Message });
            }

            await WaitAsync(cancellationToken);
        }
    }

    private void Remember()
    {
        if (parts.Directory.Directory.ReadFileIfExists(Name, 1) is not null)
        {
            // A process before this one has asked: for an update that is over by now, or that was interrupted.
            lock (_lock)
            {
                (_isWanted, _isUsed, _answer) = (true, true, new DisruptionAnswer(DisruptionState.Requested, "asked for before the sub was started"));
                _wantedAt = _requestedAt = time.GetTimestamp();
            }
        }
    }

    private async Task LookAsync(IDisruptionAuthority asked, CancellationToken cancellationToken)
    {
        if (!_isWanted || (_nextAt != 0 && time.GetTimestamp() < _nextAt && IsNeeded()))
        {
            return;
        }

        if (!IsNeeded())
        {
            await GiveBackAsync(asked, cancellationToken);
            return;
        }

        var since = _requestedAt == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(_requestedAt);
        var requests = _answer.State switch
        {
            DisruptionState.Permitted or DisruptionState.Requested => since >= pace.Refresh,
            DisruptionState.Denied => since >= pace.Retry,
            _ => true,
        };
        if (requests)
        {
            parts.Directory.Directory.ReplaceFile(Name, []);
            _requestedAt = time.GetTimestamp();
        }

        Take(await asked.AskAsync(requests ? DisruptionQuestion.Request : DisruptionQuestion.Check, cancellationToken));
    }

    private void Take(DisruptionAnswer answer)
    {
        lock (_lock)
        {
            if (answer != _answer)
            {
                log.DisruptionAnswered(authority!.Name, answer.State, answer.Reason);
            }

            if (answer.State == DisruptionState.Permitted && _answer.State != DisruptionState.Permitted)
            {
                _wantedAt = time.GetTimestamp();
            }

            _answer = answer;
            _answeredAt = time.GetTimestamp();
            _nextAt = After(answer.State == DisruptionState.Failed ? pace.Retry : pace.Check);
        }

        parts.State.Change(Report);
    }

    private async Task GiveBackAsync(IDisruptionAuthority asked, CancellationToken cancellationToken)
    {
        if (_nextAt != 0 && _answer.State == DisruptionState.Failed && time.GetTimestamp() < _nextAt)
        {
            return;
        }

        lock (_lock)
        {
            if (IsNeeded())
            {
                return;
            }

            // From here on it is no permission any more.
            _answer = new DisruptionAnswer(DisruptionState.Requested, "the permission is being given back");
        }

        var answer = await asked.AskAsync(DisruptionQuestion.Cancel, cancellationToken);
        if (answer.State == DisruptionState.Failed)
        {
            Take(answer);
            return;
        }

        lock (_lock)
        {
            (_isWanted, _isUsed, _requestedAt, _nextAt, _answer) = (false, false, 0, 0, DisruptionAnswer.None);
        }

        parts.Directory.Directory.UnlinkIfExists(Name);
        parts.Directory.Directory.Sync();
        log.DisruptionGivenBack(asked.Name);
        parts.State.Change(Report);
    }

    /// <summary>True while the permission has a use: an update runs or is wanted, or the machine is not back yet from one.</summary>
    private bool IsNeeded()
    {
        var state = parts.State.Current;
        if (_isUsed && (state.Phase.IsUpdating() || parts.Reboot.IsDue || parts.RolledBack.IsDue || state.AwaitsHealth || parts.Engine.ServicesDown))
        {
            return true;
        }

        if (parts.Directions.Halted || parts.Directions.SinceHeard > Unused)
        {
            return false;
        }

        if (convergence.Required is not { } required || required.Readiness is ImageReadiness.Comparing or ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects)
        {
            // Not known; after a start for as long as nothing is scanned.
            return _isUsed || time.GetElapsedTime(_wantedAt) < Unused;
        }

        return IsWaitedFor(required) && (_isUsed || _answer.State != DisruptionState.Permitted || time.GetElapsedTime(_wantedAt) < Unused);
    }

    private static bool IsWaitedFor(Assessment required) =>
        required is { Readiness: ImageReadiness.Ready, Plan.Steps.IsEmpty: false } && (required.Services.HighImpact || required.Services.Reboot);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        // The state changes when an update ends, an image is required, a machine is in sync.
        var generation = parts.State.Current.Generation;
        await Task.WhenAny(parts.State.WhenNot(generation), Task.Delay(_isWanted ? pace.Look : Idle, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    private static string Describe(DisruptionAnswer answer) => answer.State switch
    {
        DisruptionState.Failed => answer.Reason,
        DisruptionState.Denied => $"the disruption is denied{(answer.Reason.Length == 0 ? "" : ": " + answer.Reason)}",
        _ => $"the disruption is requested{(answer.Reason.Length == 0 ? "" : ": " + answer.Reason)}",
    };
}
