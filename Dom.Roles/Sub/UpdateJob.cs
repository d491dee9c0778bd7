using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Drift;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Carries out one update and settles what comes with it: marks, re-reading of touched paths, the report.</summary>
internal sealed class UpdateJob(SubParts parts, Convergence convergence, WayBack wayBack, string ownService, SelfUpdate self, ILogger log)
{
    /// <summary>Runs to the end. Never throws: what went wrong is reported by polls.</summary>
    public async Task RunAsync(Assessment assessment, CancellationToken halt)
    {
        var previous = parts.Begun.Image;
        UpdateOutcome? outcome;
        try
        {
            parts.Begun.Set(assessment.Image);
            var order = new UpdateOrder
            {
                Plan = assessment.Plan ?? throw new InvalidOperationException("an update needs a plan"),
                Image = assessment.Image,
                Services = assessment.Services,
                Self = ServiceNames.First(ownService),
                Previous = ComesFrom(assessment.Image),
                OwnProgram = self.Paths,
                PhaseChanged = phase => parts.State.Change(state => state with { Phase = phase }),
            };
            parts.Drift.Begin(order.Plan, assessment.Image, parts.Applied.Image);
            outcome = await parts.Engine.ApplyAsync(order, halt);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The edge of the update: whatever it was, the journal knows how far things came.
            log.UpdateCrashed(e);
            outcome = await RecoverAsync(e, assessment);
        }

        NotePace(outcome);
        outcome = await TryProgramAsync(outcome);
        if (parts.RolledBack.IsDue)
        {
            await TryTakeOverAsync(outcome, previous);
            await GoBackAsync(state => Report(state, outcome));
            return;
        }

        if (outcome.Code == UpdateCode.NoSpace)
        {
            await convergence.GiveUpWayBackAsync();
        }

        await EndAsync(outcome, previous);
    }

    /// <summary>Brings the machine back to the image before, and reports that as the end of the update. Never throws.</summary>
    public Task GoBackAsync() => GoBackAsync(static state => state with { Phase = SubPhase.Idle, RunningPlan = default });

    private async Task GoBackAsync(Func<PollResponse, PollResponse> report)
    {
        var failedServices = await wayBack.RunAsync();
        PollResponse End(PollResponse state) => report(state) with
        {
            LastUpdateError = parts.RolledBack.Note?.Reason ?? "",
            LastUpdateErrorCode = parts.RolledBack.Note?.State switch { WayBackState.Done => "RolledBack", WayBackState.Failed => "WayBackFailed", _ => "WayBackDue" },
            FailedServices = failedServices,
        };
        try
        {
            await convergence.LookNowAsync(End, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.UpdateCrashed(e);
            parts.State.Change(state => End(state) with { LastWriteError = e.Message });
        }

        self.GiveWay();
    }

    /// <summary>Tries a new program that the update has brought; one that does not start is a reason to go back.</summary>
    private async Task<UpdateOutcome> TryProgramAsync(UpdateOutcome outcome)
    {
        outcome = await self.TryNewAsync(outcome);
        if (!parts.RolledBack.IsDue)
        {
            wayBack.Judge(outcome);
        }

        return outcome;
    }

    /// <summary>The image to which there is a way back from another one; null when the update only corrects, or nothing was applied before.</summary>
    private ImageReference? ComesFrom(ImageReference image) =>
        parts.Applied.Image is { } applied && !DriftRecorder.IsDrift(applied, image) && parts.Library.TryFind(applied.Manifest) is not null ? applied : null;

    /// <summary>What moves away under an update, or is as before after it, waits for its next turn.</summary>
    private void NotePace(UpdateOutcome outcome)
    {
        StepFault[] faults = [.. outcome.LeftOut, .. outcome.Held, .. outcome.Failures];
        if (faults.Length > 0)
        {
            parts.Pace.Failed(faults.Select(static fault => fault.Path));
        }

        if (outcome is { Swapped: true, Code: UpdateCode.Done })
        {
            convergence.CarriedOut(outcome.Header.PlanId);
        }
    }

    /// <summary>Takes over what an update did, in this process or before a crash.</summary>
    public async Task SettleAsync(UpdateOutcome outcome, ImageReference? begunBefore) => await EndAsync(await TryProgramAsync(outcome), begunBefore);

    private async Task EndAsync(UpdateOutcome outcome, ImageReference? begunBefore)
    {
        try
        {
            await TakeOverAsync(outcome, begunBefore);
            var kept = parts.Kept.Look();
            await convergence.LookNowAsync(state => kept(Report(state, outcome)), CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Mostly the disk fails; the outcome is reported all the same, and the next comparison puts the marks right.
            log.UpdateCrashed(e);
            parts.State.Change(state => Report(state, outcome) with { LastWriteError = e.Message });
        }

        self.GiveWay();
    }

    private async Task TryTakeOverAsync(UpdateOutcome outcome, ImageReference? begunBefore)
    {
        try
        {
            await TakeOverAsync(outcome, begunBefore);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Mostly the disk fails. The way back looks for itself what is there.
            log.UpdateCrashed(e);
            parts.State.Change(state => state with { LastWriteError = e.Message });
        }
    }

    private async Task TakeOverAsync(UpdateOutcome outcome, ImageReference? begunBefore)
    {
        Log(outcome);
        parts.Drift.Settle(outcome);
        Mark(outcome, begunBefore);
        await RescanAsync(outcome);
    }

    private void Mark(UpdateOutcome outcome, ImageReference? begunBefore)
    {
        if (outcome.Code == UpdateCode.Done)
        {
            if (!DriftRecorder.IsDrift(parts.Applied.Image, outcome.Header.Image))
            {
                parts.Contested.Clear();
            }

            parts.Applied.Set(outcome.Header.Image);
            parts.Begun.Clear();
        }
        else if (!outcome.Swapped)
        {
            Restore(begunBefore);
        }
    }

    private static PollResponse Report(PollResponse state, UpdateOutcome outcome) => state with
    {
        Phase = state.Phase == SubPhase.Scanning ? SubPhase.Scanning : SubPhase.Idle,
        RunningPlan = default,
        LastUpdatePlan = outcome.Header.PlanId,
        LastUpdateError = outcome.Message,
        LastUpdateErrorCode = outcome.Code == UpdateCode.Done ? "" : outcome.Code.ToString(),
        FailedServices = outcome.FailedServices,
        ServiceLogs = outcome.ServiceLogs,
        UpdatesDone = state.UpdatesDone + (outcome.Code == UpdateCode.Done ? 1 : 0),
        LastSwap = outcome.Swapped ? outcome.SwapTime : state.LastSwap,
    };

    private async Task<UpdateOutcome> RecoverAsync(Exception cause, Assessment assessment)
    {
        var header = new JournalHeader(assessment.Plan?.Id ?? default, assessment.Image);
        try
        {
            return await parts.Engine.RecoverAsync()
                ?? new UpdateOutcome { Header = header, Code = UpdateCode.PrepareFailed, Message = cause.Message };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.UpdateCrashed(e);
            return new UpdateOutcome { Header = header, Code = UpdateCode.SwapIncomplete, Message = e.Message, Swapped = true };
        }
    }

    private async Task RescanAsync(UpdateOutcome outcome)
    {
        try
        {
            await parts.Watch.RescanAsync(outcome.Touched, CancellationToken.None);
        }
        catch (IOException e)
        {
            log.ScanFailed(e.Message);
        }
    }

    private void Restore(ImageReference? begun)
    {
        if (begun is null)
        {
            parts.Begun.Clear();
        }
        else
        {
            parts.Begun.Set(begun);
        }
    }

    private void Log(UpdateOutcome outcome)
    {
        if (outcome.Code == UpdateCode.Done)
        {
            log.UpdateDone(outcome.Header.Image.Name, outcome.Touched.Count, outcome.SwapTime.TotalMilliseconds);
        }
        else
        {
            log.UpdateFailed(outcome.Header.Image.Name, outcome.Code.ToString(), outcome.Message);
        }

        if (outcome.LeftOut is [var first, ..])
        {
            log.LeftOut(first.Path.ToString(), outcome.Header.Image.Name, first.Reason, outcome.LeftOut.Count);
        }

        foreach (var held in outcome.Held)
        {
            log.Held(held.Path.ToString(), held.Reason);
        }

        foreach (var kept in outcome.Kept)
        {
            log.Kept(kept.Path.ToString(), kept.Reason);
        }

        foreach (var fault in outcome.FailedServices)
        {
            log.ServiceFailed(fault);
        }
    }
}
