using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

internal sealed partial class ManagedMachine
{
    /// <summary>Judges the machine and does what follows from it, as far as the limits allow.</summary>
    private async Task DirectAsync(PollResponse answer)
    {
        var asked = TakeAsked();
        ForgetOldFailures(answer);
        if (await RenewComputedAsync(Resolve(Entry.RequiredImage), answer))
        {
            return;
        }

        var facts = Facts(answer);
        var judgement = MachineJudge.Judge(facts);
        SettleTurn(judgement, facts);
        SettleDisruption(judgement);
        if (judgement.Want is not (Want.Update or Want.CorrectDrift))
        {
            _context.Brake.Withdraw(Hostname);
        }

        if (judgement.Want is not (Want.FetchRequired or Want.FetchPlanned) && _fetching.IsNone)
        {
            _context.Admission.Leave(Hostname);
        }

        if (judgement.Want is Want.Nothing or Want.FetchPlanned)
        {
            SetStatus(judgement.Status, judgement.Detail);
        }

        switch (judgement.Want)
        {
            case Want.FetchRequired when facts.Required is { } image:
                await FetchAsync(image, planned: false);
                break;
            case Want.FetchPlanned when facts.Planned is { } image:
                await FetchAsync(image, planned: true);
                break;
            case Want.CorrectDrift when answer.Plan is { } plan && await MayDisruptAsync(plan):
                _context.Brake.Withdraw(Hostname);
                await UpdateAsync(answer, plan, isDrift: true);
                break;
            case Want.Update when answer.Plan is { } plan && await MayDisruptAsync(plan) && await HasTurnAsync(facts.Machine.RequiredImage):
                await UpdateAsync(answer, plan, isDrift: false);
                break;
        }

        Volatile.Write(ref _judged, asked);
        if (Preview is { } preview && !_directed && _polledPlanned == preview.Manifest && answer is { PlannedReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle } && IsDue(_fetchRetryAt))
        {
            await FetchAsync(preview, planned: true, FetchScope.Tree);
        }
    }

    private MachineFacts Facts(PollResponse answer)
    {
        var entry = Entry;
        var stop = _context.Stop.State;
        return new MachineFacts
        {
            Machine = entry,
            Answer = answer,
            Required = Resolve(entry.RequiredImage),
            RequiredError = _context.Images.ErrorOf(entry.RequiredImage),
            Planned = Preview is null ? ResolvePlanned(entry.PlannedImage) : null,
            Pause = _context.Pauses.Find(Hostname),
            EmergencyStop = stop.Disabled ? $"stopped by {stop.User}: {stop.Reason}" : null,
            ClearedPlan = answer.Plan is { Id: { IsNone: false } id } && _context.Clears.Find(Hostname, id) is not null ? id : default,
            CompliantWith = _compliantWith,
            DisruptionForced = answer.Plan is { } wanted && (IsForced(wanted) || IsAlwaysForced(entry)),
            ComputedFault = _computedFault,
            FailedFetch = IsDue(_fetchRetryAt) ? null : _fetchFailure,
            FailedUpdate = IsDue(_updateRetryAt) ? null : _updateFailure,
        };
    }

    /// <summary>Another image, or a fetch or update that went well since, makes earlier failures meaningless.</summary>
    private void ForgetOldFailures(PollResponse answer)
    {
        if (answer.RequiredManifest != _failedManifest)
        {
            _updateBackoff.Reset();
            _updateRetryAt = 0;
            _fetchBackoff.Reset();
            _fetchRetryAt = 0;
            _failedManifest = answer.RequiredManifest;
        }
    }

    /// <summary>Ends a turn that is done, or that cannot end well any more.</summary>
    private void SettleTurn(Judgement judgement, in MachineFacts facts)
    {
        if (judgement.Status == MachineStatus.Synced)
        {
            _compliantWith = facts.Answer.RequiredManifest;
            if (_context.Clears.Forget(Hostname))
            {
                Keep(_context.State.SaveSafetyAsync());
            }
        }

        if (_context.Brake.TurnOf(Hostname) is not { } image)
        {
            _turnSince = null;
            return;
        }

        _turnSince ??= _context.Clock.GetTimestamp();
        switch (judgement.Status)
        {
            case MachineStatus.Synced:
                EndTurn(image == facts.Machine.RequiredImage ? TurnEnd.Done : TurnEnd.Returned, "");
                break;
            case MachineStatus.Contested when facts.Answer is { AwaitsHealth: false } there && there.AppliedManifest == there.RequiredManifest:
                // The image is there. What somebody on the machine keeps changing is no fault of it, or he could stop it from rolling anywhere.
                EndTurn(image == facts.Machine.RequiredImage ? TurnEnd.Done : TurnEnd.Returned, "");
                break;
            case MachineStatus.Blocked or MachineStatus.Incomplete or MachineStatus.ServicesDown or MachineStatus.RebootHeld or MachineStatus.RolledBack or MachineStatus.WayBackFailed:
            case MachineStatus.Contested when !facts.Answer.AwaitsHealth:
                EndTurn(TurnEnd.Failed, $"{judgement.Status.Word()}: {judgement.Detail}");
                break;
            case MachineStatus.ImageUndefined:
            case MachineStatus.ImageNotReady when facts.Required is null or { IsGone: true }:
                EndTurn(TurnEnd.Returned, "");
                break;
            case MachineStatus.UpdatesDisabled when facts.Machine.DisableUpdates || facts.Pause is not null:
                // It may stay so for weeks, and others wait for the turn.
                EndTurn(TurnEnd.Returned, "");
                break;
            default:
                if (facts.EmergencyStop is not null || facts.Machine.DisableUpdates || facts.Pause is not null)
                {
                    // What people stopped is not late: its time begins anew when they let it go on.
                    _turnSince = _context.Clock.GetTimestamp();
                    break;
                }

                if (_context.Clock.GetElapsedTime(_turnSince.Value) >= _context.Options.UpdateTimeout)
                {
                    var failure = $"not compliant {_context.Options.UpdateTimeout.TotalMinutes:0} min after its turn began ({judgement.Status.Word()})";
                    FailUpdate(MachineStatus.UpdateFailed, failure);
                    EndTurn(TurnEnd.Failed, failure);
                }

                break;
        }
    }

    private void EndTurn(TurnEnd end, string reason)
    {
        if (_context.Brake.TurnOf(Hostname) is not { } image)
        {
            return;
        }

        _turnSince = null;
        var halted = _context.Brake.End(Hostname, end, reason);
        Keep(_context.State.SaveBrakeAsync());
        _context.Metrics.CountTurn(end);
        if (end == TurnEnd.Failed)
        {
            Record(HistoryKind.TurnFailed, r => r with { Image = image, Text = reason });
            LogTurnFailed(_context.Logger, Hostname, image, reason);
        }

        if (halted)
        {
            LogImageHalted(_context.Logger, image, Hostname, reason);
        }
    }

    /// <summary>Takes a turn of the brake; the turn is durable when this returns true.</summary>
    private async Task<bool> HasTurnAsync(string image)
    {
        switch (_context.Brake.Ask(Hostname, image, IsInHurry))
        {
            case TurnAnswer.Held:
                return true;
            case TurnAnswer.Granted:
                _turnSince = _context.Clock.GetTimestamp();
                return await KeepTurnAsync();
            case TurnAnswer.Halted:
                SetStatus(MachineStatus.ImageHalted, $"{image} stopped rolling after failures. To let it go on: dom ctl clear-halt {image}");
                return false;
            case TurnAnswer.Restarting:
                SetStatus(MachineStatus.WaitingForTurn, "the master has just started and waits for the other machines to answer");
                return false;
            default:
                SetStatus(MachineStatus.WaitingForTurn, "others of its image directory are being updated");
                return false;
        }
    }

    /// <summary>Makes a granted turn durable, or gives it back: a turn that a restart would forget could let too many machines be updated at once.</summary>
    private async Task<bool> KeepTurnAsync()
    {
        try
        {
            await _context.State.SaveBrakeAsync();
            return true;
        }
        catch (IOException fault)
        {
            LogSaveFailed(_context.Logger, Hostname, fault.Message);
            EndTurn(TurnEnd.Returned, "");
            SetStatus(MachineStatus.WaitingForTurn, $"the master cannot write down its turn: {fault.Message}");
            return false;
        }
    }

    private async Task FetchAsync(ResolvedImage image, bool planned, FetchScope scope = FetchScope.Everything)
    {
        var servers = _context.Servers.Order;
        if (!_context.Admission.TryEnter(Hostname, servers[0], planned, hurries: !planned && IsInHurry))
        {
            if (!planned)
            {
                SetStatus(MachineStatus.WaitingToFetch, $"others read from {servers[0]}");
            }

            return;
        }

        try
        {
            await GiveAsync(
                SubdMethods.Fetch,
                new FetchRequest
                {
                    Hold = _hold,
                    Manifest = image.Manifest,
                    Servers = servers,
                    BytesPerSecond = !planned && IsInHurry ? 0 : _context.Options.FetchBytesPerSecond,
                    Lifetime = Lifetime,
                    Scope = scope,
                });
            _context.Metrics.CountGrant(planned);
            _fetching = image.Manifest;
            if (!planned)
            {
                SetStatus(MachineStatus.Fetching, "");
            }
        }
        catch (RpcException fault) when (IsAnswer(fault))
        {
            _context.Admission.Leave(Hostname);
            FailFetch(
                fault.Status switch
                {
                    RpcStatus.PermissionDenied => MachineStatus.FetchDenied,

                    // Busy, another image, or a stop it has just heard of: nothing is wrong.
                    RpcStatus.Conflict => MachineStatus.WaitingToFetch,
                    _ => MachineStatus.FetchFailed,
                },
                fault.Message);
            if (!planned)
            {
                SetStatus(_fetchFailure.Status, _fetchFailure.Detail);
            }
        }
    }

    private async Task UpdateAsync(PollResponse answer, PlanSummary plan, bool isDrift)
    {
        if (IsHeld)
        {
            // The stop came while the turn was made durable; the interruption it caused makes the loop judge again.
            return;
        }

        var clear = _context.Clears.Find(Hostname, plan.Id);
        SetStatus(MachineStatus.SendingUpdate, "");
        _direction = new Direction(plan.Id, plan.Steps, isDrift, answer.Epoch, _context.Clock.GetTimestamp());
        try
        {
            await GiveAsync(
                SubdMethods.Update,
                new UpdateRequest
                {
                    Hold = _hold,
                    PlanId = plan.Id,
                    Manifest = plan.Manifest,
                    Epoch = answer.Epoch,
                    Creations = plan.Creations,
                    Changes = plan.Changes,
                    Deletions = plan.Deletions,
                    MachineInodes = plan.MachineInodes,
                    OverrideSafety = clear is not null || Entry.HasTag(MachineTags.DisableSafetyCheck),
                    OverrideReason = clear is null ? "" : $"{clear.User}: {clear.Reason}",
                    ForceDisruption = plan.HighImpact && (IsForced(plan) || IsAlwaysForced(Entry)),
                    Lifetime = Lifetime,
                });
            SetStatus(MachineStatus.Updating, "");
            Record(HistoryKind.UpdateBegun, r => r with { Plan = plan.Id, Steps = plan.Steps, IsDrift = isDrift });
            LogUpdateBegun(_context.Logger, Hostname, plan.Id, plan.Steps, isDrift ? "correct drift" : "bring it to another image");
        }
        catch (RpcException fault) when (IsAnswer(fault))
        {
            _direction = null;
            if (fault.Status == RpcStatus.Conflict)
            {
                // Busy, another plan, another process, or a permission that the machine asks for now: the next poll tells what holds.
                if (fault.Code.StartsWith("Disruption", StringComparison.Ordinal))
                {
                    AwaitPermission();
                }

                return;
            }

            Record(HistoryKind.UpdateEnded, r => r with { Plan = plan.Id, Steps = plan.Steps, IsDrift = isDrift, Outcome = "refused", Text = fault.Message });
            FailUpdate(fault.Status == RpcStatus.PermissionDenied ? MachineStatus.UpdateDenied : MachineStatus.UpdateFailed, fault.Message);
            EndTurn(TurnEnd.Failed, fault.Message);
            SetStatus(_updateFailure.Status, _updateFailure.Detail);
        }
    }

    /// <summary>Gives a direction. It is not interrupted, since it must be known whether the sub took it; nothing else is directed before the next answer.</summary>
    private async Task GiveAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        _directed = true;
        try
        {
            await _channel.CallAsync(method, request, _waits.Begin(Grace, listens: false));
        }
        catch (OperationCanceledException late) when (!_waits.IsStopped)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, $"no answer to {method} within {Grace.TotalSeconds:0} s", innerException: late);
        }
    }

    /// <summary>True when the sub itself refused, so that the direction was certainly not taken.</summary>
    private static bool IsAnswer(RpcException fault) => fault.Status is not (RpcStatus.Unavailable or RpcStatus.DeadlineExceeded or RpcStatus.Unauthenticated);

    /// <summary>Looks after a save that nobody waits for; the service repeats one that fails until it is done.</summary>
    private void Keep(Task save) => _ = KeepAsync(save);

    private async Task KeepAsync(Task save)
    {
        try
        {
            await save;
        }
        catch (IOException fault)
        {
            LogSaveFailed(_context.Logger, Hostname, fault.Message);
        }
    }
}
