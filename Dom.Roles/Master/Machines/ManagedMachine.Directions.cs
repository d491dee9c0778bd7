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
