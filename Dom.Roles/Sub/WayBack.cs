using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>
/// Brings the machine back to the image before, once, when the new one does not prove itself. It belongs to the update: no stop and no expiry ends it
/// (rule 19), and a crash does not either (rule 20).
/// </summary>
/// <remarks>
/// It is an update like every other: a plan from what is there to the image before, journalled, with services stopped and started around it. Its contents were
/// kept when they were replaced. What is noted first is that it is due; that stays until a comparison shows that the machine is as it was.
/// </remarks>
internal sealed class WayBack(SubParts parts, Convergence convergence, SelfUpdate self, string ownService, TimeProvider time, ILogger log, CancellationToken stopping)
{
    /// <summary>What moves under the way back is left out of it, as of every update; a few more rounds bring that back too.</summary>
    private const int MaxRounds = 5;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(10);

    /// <summary>Judges an update just before its journal goes: a trigger that failed makes the way back due.</summary>
    public void Judge(UpdateOutcome outcome)
    {
        if (outcome.Header.Previous is not null && outcome.FailedTriggers.Count > 0)
        {
            Demand(outcome.Header.Image, string.Join("; ", outcome.FailedTriggers));
        }
    }

    /// <summary>Makes the way back due; durable when this returns.</summary>
    public void Demand(ImageReference image, string reason)
    {
        FailPoint.Pass(FailPoint.WayBackDue);
        parts.RolledBack.Set(image, reason, WayBackState.Due);
        FailPoint.Pass(FailPoint.WayBackBegins);
        log.WayBackDue(image.Name, parts.Engine.Previous.Image?.Name ?? "", reason);
    }

    /// <summary>Carries it out, when it is due. Never throws: what went wrong is noted.</summary>
    /// <returns>Services that did not start.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        IReadOnlyList<string> failedServices = [];
        if (parts.RolledBack.Note is not { State: WayBackState.Due } note)
        {
            return failedServices;
        }

        try
        {
            var fault = "nothing was kept of what was there before";
            if (parts.Engine.Previous.Image is { } target)
            {
                if (target.IsSameAs(note.ToReference()))
                {
                    // Another update came between: what it kept is of the image that is to go.
                    parts.RolledBack.Clear();
                    return failedServices;
                }

                (fault, failedServices) = await GoAsync(target, parts.Reboot.IsPending && parts.Reboot.Note!.Manifest == note.Manifest);
                FailPoint.Pass(FailPoint.WayBackApplied);
                if (fault is null)
                {
                    Conclude(note, target);
                    return failedServices;
                }
            }

            log.WayBackFailed(note.Name, fault);
            parts.RolledBack.Set(note.ToReference(), $"{note.Reason}. The way back failed: {fault}", WayBackState.Failed);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Every round so far is done; it stays due, and the next process goes on.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Mostly the disk fails. It stays due, and the next look or the next process tries again.
            log.UpdateCrashed(e);
            parts.State.Change(state => state with { LastWriteError = e.Message });
        }

        return failedServices;
    }

    private void Conclude(RolledBackNote note, ImageReference target)
    {
        parts.Applied.Set(target);
        parts.Begun.Clear();
        if (parts.Reboot.IsPending && parts.Reboot.Note!.Manifest == note.Manifest && note.Manifest != target.Manifest)
        {
            parts.Reboot.Forget();
        }

        parts.RolledBack.Set(note.ToReference(), note.Reason, WayBackState.Done);
        FailPoint.Pass(FailPoint.WayBackNoted);
        parts.Engine.Previous.Drop();
        _ = parts.Engine.FreeDiscarded();
        log.WayBackDone(note.Name, target.Name, note.Reason);
    }

    private async Task<(string? Fault, IReadOnlyList<string> FailedServices)> GoAsync(ImageReference target, bool unrebooted)
    {
        IReadOnlyList<string> failed = [];
        for (var round = 1; ; round++)
        {
            var assessment = await AssessAsync(target);
            if (assessment is not { Readiness: ImageReadiness.Ready or ImageReadiness.NeedsObjects, Plan: { } plan })
            {
                return (Explain(target, assessment), failed);
            }

            if (plan.Steps.IsEmpty)
            {
                return (null, failed);
            }

            if (round > MaxRounds)
            {
                return ($"{plan.Steps.Length} paths are not as they were, the first: {plan.Steps[0].Path}", failed);
            }

            if (await FindMissingAsync(assessment) is { } missing)
            {
                return (missing, failed);
            }

            var outcome = await parts.Engine.ApplyAsync(OrderFor(assessment, plan, unrebooted), CancellationToken.None);
            failed = (await self.TryNewAsync(outcome)).FailedServices;
            await parts.Watch.RescanAsync(outcome.Touched, CancellationToken.None);
            if (!outcome.Swapped && outcome.Code != UpdateCode.PlanChanged)
            {
                // What was kept may have turned out to be something else.
                return (await FindMissingAsync(assessment) ?? $"{outcome.Code}: {outcome.Message}", failed);
            }
        }
    }

    private UpdateOrder OrderFor(Assessment assessment, Plan plan, bool unrebooted)
    {
        // Going back is no correction of drift: it leaves no records.
        parts.Drift.Drop();
        return new UpdateOrder
        {
            Plan = plan,
            Image = assessment.Image,
            // A machine that has not rebooted for the new image need not do so to get rid of it.
            Services = unrebooted ? assessment.Services with { Reboot = false } : assessment.Services,
            Self = ServiceNames.First(ownService),
            IsWayBack = true,
            OwnProgram = self.Paths,
            PhaseChanged = phase => parts.State.Change(state => state with { Phase = phase }),
        };
    }

    private async Task<Assessment> AssessAsync(ImageReference target)
    {
        var started = time.GetTimestamp();
        Assessment assessment;
        while ((assessment = await convergence.AssessWayBackAsync(target, CancellationToken.None)).Readiness == ImageReadiness.Comparing
            && time.GetElapsedTime(started) < LongestLook)
        {
            await Task.Delay(LookAgain, time, stopping);
        }

        return assessment;
    }

    /// <summary>Contents that were not kept may lie elsewhere on the machine. When one cannot be found nothing is touched: half of an image is worse than either.</summary>
    private async Task<string?> FindMissingAsync(Assessment assessment)
    {
        var elsewhere = Missing(assessment.Missing);
        await new OwnContentCopy(parts).CopyAsync(elsewhere, CancellationToken.None);
        elsewhere = Missing(elsewhere);
        if (elsewhere is not [var first, ..])
        {
            return null;
        }

        var path = assessment.Plan!.Steps.FirstOrDefault(step => assessment.Plan.ReadNew(step).Content == first.Id).Path;
        var why = parts.Engine.Previous.IsGivenUp ? "what was kept was given up since its space was needed" : "they were not kept";
        return $"{elsewhere.Count} contents are missing, the first for {path}: {why}";
    }

    private List<NeededObject> Missing(IEnumerable<NeededObject> needed) =>
        [.. needed.Where(n => parts.Directory.Objects.GetSize(n.Id) < 0 && parts.Engine.Previous.GetSize(n.Id) != n.Size)];

    private static string Explain(ImageReference target, Assessment assessment) => assessment.Readiness switch
    {
        ImageReadiness.MissingComputedFile => $"the contents of computed files of {target.Name} are not known any more",
        ImageReadiness.NeedsTree => $"manifest or blocks of {target.Name} are not here any more",
        ImageReadiness.Comparing => $"{target.Name} could not be compared with the machine",
        _ => $"{target.Name} cannot be used: {assessment.Fault}",
    };
}
