using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>The machine's turn of the brake: how it gets one, and when that ends well or badly (rule 23).</summary>
internal sealed partial class ManagedMachine
{
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
}
