using Dom.Core.Contracts.Subd;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

internal sealed partial class ManagedMachine
{
    private void NoteFetchEnd(PollResponse answer)
    {
        if (_fetching.IsNone || answer.Phase == SubPhase.Fetching)
        {
            return;
        }

        _fetching = default;
        _context.Admission.Leave(Hostname);
        if (IsHeld)
        {
            // It was ended by the stop, not by a fault.
            return;
        }

        if (answer.LastFetchError.Length > 0)
        {
            FailFetch(MachineStatus.FetchFailed, answer.LastFetchError);
            LogFetchFailed(_context.Logger, Hostname, answer.LastFetchError);
        }
        else
        {
            _fetchBackoff.Reset();
            _fetchRetryAt = 0;
        }
    }

    private void NoteUpdateEnd(PollResponse answer)
    {
        if (_direction is not { } direction || answer.Phase is not (SubPhase.Idle or SubPhase.Fetching or SubPhase.Scanning) || !answer.RunningPlan.IsNone)
        {
            return;
        }

        _direction = null;
        var took = _context.Clock.GetElapsedTime(direction.Started);
        if (answer.LastUpdatePlan != direction.PlanId)
        {
            NoteLost(direction, answer, took);
            return;
        }

        lock (_lock)
        {
            _lastUpdate = _context.Clock.GetUtcNow();
        }

        if (answer.LastUpdateErrorCode is UpdateOutcomeCode.PlanChanged or UpdateOutcomeCode.Halted)
        {
            // Nothing was touched, and nothing is wrong with the machine or the image.
            _context.Metrics.CountUpdate(direction.IsDrift, answer.LastUpdateErrorCode, took);
            RecordUpdate(direction, answer.LastUpdateErrorCode, took, answer.LastUpdateError);
        }
        else if (answer.LastUpdateError.Length > 0 || answer.FailedServices.Count > 0)
        {
            var failure = answer.LastUpdateError.Length > 0 ? answer.LastUpdateError : $"services failed: {string.Join(", ", answer.FailedServices)}";
            _context.Metrics.CountUpdate(direction.IsDrift, "failed", took);
            RecordUpdate(direction, "failed", took, failure);
            LogUpdateFailed(_context.Logger, Hostname, direction.PlanId, failure);
            FailUpdate(MachineStatus.UpdateFailed, failure);
            EndTurn(TurnEnd.Failed, failure);
        }
        else
        {
            _context.Metrics.CountUpdate(direction.IsDrift, "done", took);
            RecordUpdate(direction, "done", took);
            LogUpdateDone(_context.Logger, Hostname, direction.PlanId, direction.Steps, took.TotalSeconds);
            if (answer.Plan?.Id == direction.PlanId)
            {
                // A sub reads what it touched before it reports the end. Directing it again at once could go on for ever.
                FailUpdate(MachineStatus.UpdateFailed, "the machine says that it carried out the plan, and offers the same plan again");
                return;
            }

            _lostInRow = 0;
            _updateBackoff.Reset();
            _updateRetryAt = 0;
            if (direction.IsDrift)
            {
                lock (_lock)
                {
                    _corrections++;
                }
            }
        }
    }

    /// <summary>The machine accepted a direction and tells nothing about it.</summary>
    private void NoteLost(Direction direction, PollResponse answer, TimeSpan took)
    {
        // When its process ended, what it did is in its journal, and the plan it offers next tells the rest: once that is nobody's fault.
        var ended = answer.Epoch != direction.Epoch;
        var failure = ended ? "the sub's process ended during the update" : "the machine accepted the plan and did nothing";
        _context.Metrics.CountUpdate(direction.IsDrift, "lost", took);
        RecordUpdate(direction, "lost", took, failure);
        if (ended && ++_lostInRow == 1)
        {
            return;
        }

        LogUpdateFailed(_context.Logger, Hostname, direction.PlanId, failure);
        FailUpdate(MachineStatus.UpdateFailed, failure);
    }

    private void FailFetch(MachineStatus status, string failure)
    {
        _failedManifest = _answer?.RequiredManifest ?? default;
        _fetchFailure = new Judgement(status, failure);
        _fetchRetryAt = After(_fetchBackoff.Next());
    }

    private void FailUpdate(MachineStatus status, string failure)
    {
        _failedManifest = _answer?.RequiredManifest ?? default;
        _updateFailure = new Judgement(status, failure);
        _updateRetryAt = After(_updateBackoff.Next());
    }
}
