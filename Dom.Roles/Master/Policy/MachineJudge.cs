using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Master.Images;

namespace Dom.Roles.Master.Policy;

/// <summary>
/// Decides what state a machine is in and what it needs, from facts alone: no clock, no side effects. The order of the questions is the order in
/// which their answers matter to an operator.
/// </summary>
internal static class MachineJudge
{
    /// <summary>Judges one machine that answered.</summary>
    public static Judgement Judge(in MachineFacts facts)
    {
        var answer = facts.Answer;
        if (answer.Phase is SubPhase.Preparing or SubPhase.Stopping or SubPhase.Swapping or SubPhase.Starting or SubPhase.Recovering)
        {
            return new Judgement(MachineStatus.Updating, PhaseText(answer));
        }

        if (answer.Reboot is RebootState.Due or RebootState.Rebooting)
        {
            return new Judgement(MachineStatus.Rebooting, answer.RebootReason.Length > 0 ? $"for what the update brought: {answer.RebootReason}" : "for what the update brought");
        }

        if (answer.LastWriteError.Length > 0)
        {
            return new Judgement(MachineStatus.Unwritable, answer.LastWriteError);
        }

        if (answer.Phase == SubPhase.Scanning)
        {
            return new Judgement(MachineStatus.SubNotReady, "first scan of the file system");
        }

        if (facts.Machine.RequiredImage.Length == 0)
        {
            return new Judgement(MachineStatus.ImageUndefined, "the machine list requires no image");
        }

        if (facts.Required is not { } required)
        {
            return new Judgement(MachineStatus.ImageNotReady, facts.RequiredError);
        }

        if (answer.RequiredManifest != required.Manifest)
        {
            return new Judgement(MachineStatus.ComputingUpdate, "the machine has just been told another image");
        }

        var judgement = answer.RequiredReadiness == ImageReadiness.Ready ? JudgePlan(facts) : JudgeReadiness(facts);
        return required.IsGone ? JudgeWithoutName(facts, judgement) : judgement;
    }

    /// <summary>The name of the required image is gone: a machine that has the image is kept equal to it, and no other is brought to it. The status says so in any case.</summary>
    private static Judgement JudgeWithoutName(in MachineFacts facts, Judgement otherwise)
    {
        var corrects = IsDrift(facts) && otherwise.Want is (Want.CorrectDrift or Want.FetchRequired);
        if (corrects)
        {
            return otherwise;
        }

        var want = otherwise.Want == Want.FetchPlanned ? Want.FetchPlanned : Want.Nothing;
        return otherwise.Status switch
        {
            MachineStatus.Synced => new Judgement(MachineStatus.ImageNotReady, $"{facts.RequiredError}. The machine is equal to the image as it was, and is kept so", want),
            MachineStatus.ComputingUpdate or MachineStatus.WaitingForTurn or MachineStatus.WaitingToFetch or MachineStatus.SendingUpdate =>
                new Judgement(MachineStatus.ImageNotReady, facts.RequiredError),
            _ => otherwise with { Detail = otherwise.Detail.Length > 0 ? $"{otherwise.Detail}; {facts.RequiredError}" : facts.RequiredError, Want = want },
        };
    }

    /// <summary>Why a plan must not be carried out without a person's word; null when it may.</summary>
    public static string? SafetyObjection(Machine machine, ResolvedImage? required, PollResponse answer, PlanSummary plan) => machine.HasTag(MachineTags.DisableSafetyCheck)
        ? null
        : SafetyRule.Objection(
            new PlanCounts(plan.MachineInodes, plan.ImageInodes, plan.Creations, plan.Changes, plan.Deletions), required is { IsSparse: true }, answer.CorrectsTo(plan.Manifest));

    /// <summary>The required image is not complete on the machine.</summary>
    private static Judgement JudgeReadiness(in MachineFacts facts)
    {
        var answer = facts.Answer;
        switch (answer.RequiredReadiness)
        {
            case ImageReadiness.MissingComputedFile:
                return new Judgement(MachineStatus.MissingComputedFile, facts.ComputedFault is { Length: > 0 } fault ? fault : "the image has computed files and the machine has no content for them");
            case ImageReadiness.InsufficientSpace:
                return new Judgement(MachineStatus.InsufficientSpace, answer.Shortage);
            case ImageReadiness.RolledBack:
                return new Judgement(
                    MachineStatus.RolledBack,
                    $"{(answer.RolledBackReason.Length > 0 ? answer.RolledBackReason : "the image was rolled back here")}. To try it once more: dom ctl retry {facts.Machine.Hostname}");
            case ImageReadiness.WayBackFailed:
                return new Judgement(MachineStatus.WayBackFailed, $"{answer.RolledBackReason}. Look at the machine, or require another image; to try this one once more: dom ctl retry {facts.Machine.Hostname}");
            case ImageReadiness.Unusable:
                return new Judgement(MachineStatus.ImageUnusable, answer.LastFetchError);
            case ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects:
                return JudgeFetch(facts);
            default:
                return new Judgement(MachineStatus.ComputingUpdate);
        }
    }

    private static Judgement JudgeFetch(in MachineFacts facts)
    {
        var answer = facts.Answer;
        if (answer.Phase == SubPhase.Fetching)
        {
            return new Judgement(MachineStatus.Fetching, answer.Plan is { } plan ? FetchText(plan) : "manifest and blocks");
        }

        if (Disabled(facts) is { } disabled)
        {
            return disabled;
        }

        // Objects are fetched only for a plan that may be carried out: a mistake should not cost the network either.
        if (answer is { RequiredReadiness: ImageReadiness.NeedsObjects, Plan: { } known } && Unsafe(facts, known) is { } stop)
        {
            return stop;
        }

        if (facts.FailedFetch is not { } failed)
        {
            return new Judgement(MachineStatus.WaitingToFetch, "", Want.FetchRequired);
        }

        return answer.RequiredReadiness == ImageReadiness.NeedsTree && failed.Status == MachineStatus.FetchFailed
            ? new Judgement(MachineStatus.ImageNotReady, $"the machine could not read the image: {failed.Detail}")
            : failed;
    }

    /// <summary>Everything the plan needs is on the machine.</summary>
    private static Judgement JudgePlan(in MachineFacts facts)
    {
        var answer = facts.Answer;
        if (answer.Plan is not { } plan || plan.Manifest != answer.RequiredManifest)
        {
            return new Judgement(MachineStatus.ComputingUpdate);
        }

        if (plan.Steps == 0)
        {
            return JudgeEmptyPlan(facts, plan);
        }

        if (Disabled(facts) is { } disabled)
        {
            return disabled;
        }

        if (Unsafe(facts, plan) is { } stop)
        {
            return stop;
        }

        if (facts.FailedUpdate is { } failed)
        {
            return failed;
        }

        if (plan.HighImpact && !facts.DisruptionForced && Undisrupted(facts) is { } waits)
        {
            return waits;
        }

        // A grant that still runs is for the planned image: the update comes first, and the sub ends the fetch by itself.
        return IsDrift(facts)
            ? new Judgement(MachineStatus.SendingUpdate, "", Want.CorrectDrift)
            : new Judgement(MachineStatus.WaitingForTurn, "", Want.Update);
    }

    private static Judgement JudgeEmptyPlan(in MachineFacts facts, PlanSummary plan)
    {
        var answer = facts.Answer;
        if (plan.Blocked > 0)
        {
            return new Judgement(MachineStatus.Blocked, $"{Count(plan.Blocked, "path")} cannot be brought to the image: see dom ctl diff");
        }

        if (plan.Unknown > 0)
        {
            return new Judgement(MachineStatus.Incomplete, $"{Count(plan.Unknown, "path")} cannot be read: see dom ctl diff");
        }

        if (plan.Contested > 0)
        {
            return new Judgement(MachineStatus.Contested, ContestedText(answer, plan));
        }

        if (answer.ServicesDown)
        {
            var services = answer.FailedServices.Count > 0 ? string.Join(", ", answer.FailedServices) : "services that the update stopped";
            return new Judgement(MachineStatus.ServicesDown, $"not running again: {services}");
        }

        if (answer.Reboot == RebootState.Held)
        {
            return new Judgement(MachineStatus.RebootHeld, $"{answer.RebootReason}. To let it reboot: dom ctl retry {facts.Machine.Hostname}");
        }

        if (answer.AwaitsHealth)
        {
            return new Judgement(MachineStatus.AwaitingHealth, "in sync; the update is done when the machine has been healthy for long enough");
        }

        if (facts.ComputedFault is { Length: > 0 } fault)
        {
            return new Judgement(MachineStatus.MissingComputedFile, $"{fault}. The machine has what was computed before");
        }

        var fetchesPlanned = facts.Planned is not null
            && answer.Phase != SubPhase.Fetching
            && answer.PlannedReadiness is ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects
            && facts.FailedFetch is null
            && Disabled(facts) is null;
        return new Judgement(
            MachineStatus.Synced,
            answer.Phase == SubPhase.Fetching ? "fetching the planned image" : "",
            fetchesPlanned ? Want.FetchPlanned : Want.Nothing);
    }

    private static Judgement? Disabled(in MachineFacts facts)
    {
        if (facts.EmergencyStop is { } stop)
        {
            return new Judgement(MachineStatus.UpdatesDisabled, stop);
        }

        if (facts.Machine.DisableUpdates)
        {
            return new Judgement(MachineStatus.UpdatesDisabled, "the machine list disables updates of this machine");
        }

        return facts.Pause is { } pause
            ? new Judgement(
                MachineStatus.UpdatesDisabled,
                string.Create(CultureInfo.InvariantCulture, $"paused by {pause.User} until {pause.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {pause.Reason}"))
            : null;
    }

    private static Judgement? Unsafe(in MachineFacts facts, PlanSummary plan) =>
        facts.ClearedPlan != plan.Id && SafetyObjection(facts.Machine, facts.Required, facts.Answer, plan) is { } objection
            ? new Judgement(MachineStatus.UnsafeUpdate, $"{objection}. If this is meant: dom ctl clear-safety-stop {facts.Machine.Hostname}")
            : null;

    /// <summary>The machine asks somebody else than the master whether it may be disrupted, and has no permission yet. It goes on asking by itself.</summary>
    private static Judgement? Undisrupted(in MachineFacts facts)
    {
        var answer = facts.Answer;
        var status = answer.Disruption switch
        {
            DisruptionState.Requested => MachineStatus.DisruptionRequested,
            DisruptionState.Denied => MachineStatus.DisruptionDenied,
            DisruptionState.Failed => MachineStatus.DisruptionFailed,
            _ => (MachineStatus?)null,
        };
        return status is { } waits
            ? new Judgement(waits, $"{(answer.DisruptionReason.Length > 0 ? answer.DisruptionReason : "asked on the machine")}. To go on all the same: dom ctl force-disruptive-update {facts.Machine.Hostname}")
            : null;
    }

    private static bool IsDrift(in MachineFacts facts) =>
        facts.Answer.AppliedManifest == facts.Answer.RequiredManifest || facts.CompliantWith == facts.Answer.RequiredManifest;

    private static string PhaseText(PollResponse answer) => answer.Phase switch
    {
        SubPhase.Preparing => "preparing",
        SubPhase.Stopping => "stopping services",
        SubPhase.Swapping => "swapping files",
        SubPhase.Starting => "starting services",
        _ => "finishing an update after a crash",
    };

    private static string ContestedText(PollResponse answer, PlanSummary plan)
    {
        var text = $"{Count(plan.Contested, "path")} changed again as often as corrected";
        return answer.ContestedPaths is [var first, ..]
            ? $"{text}: {first.Path}{(first.Writer.Length > 0 ? $" by {first.Writer}" : "")}"
            : text;
    }

    private static string FetchText(PlanSummary plan) =>
        string.Create(CultureInfo.InvariantCulture, $"{Count(plan.ObjectsToFetch, "object")}, {plan.BytesToFetch} bytes");

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
