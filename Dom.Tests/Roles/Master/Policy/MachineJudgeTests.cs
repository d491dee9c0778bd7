using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master.Policy;

public sealed class MachineJudgeTests
{
    private static readonly ObjectId Required = ScriptedSub.Id("required");
    private static readonly ResolvedImage Image = new() { Name = "web/1", Manifest = Required };

    private static readonly MachineFacts Compliant = new()
    {
        Machine = new Machine { Hostname = "a", RequiredImage = "web/1" },
        Required = Image,
        RequiredError = "",
        Answer = new PollResponse
        {
            Epoch = 1,
            Generation = 1,
            Phase = SubPhase.Idle,
            RequiredManifest = Required,
            RequiredReadiness = ImageReadiness.Ready,
            Plan = ScriptedSub.Empty(Required),
            AppliedManifest = Required,
        },
    };

    [Test]
    public void An_empty_plan_is_synced() => Expect(Compliant, MachineStatus.Synced);

    [TestCase(SubPhase.Preparing)]
    [TestCase(SubPhase.Stopping)]
    [TestCase(SubPhase.Swapping)]
    [TestCase(SubPhase.Starting)]
    [TestCase(SubPhase.Recovering)]
    public void A_sub_in_the_middle_of_an_update_is_left_alone(SubPhase phase) =>
        Expect(With(a => a with { Phase = phase, Plan = Plan() }), MachineStatus.Updating);

    [Test]
    public void What_keeps_a_machine_from_being_compared_has_a_status_each()
    {
        Expect(With(a => a with { LastWriteError = "read-only" }), MachineStatus.Unwritable);
        Expect(With(a => a with { Phase = SubPhase.Scanning }), MachineStatus.SubNotReady);
        Expect(Compliant with { Machine = new Machine { Hostname = "a" } }, MachineStatus.ImageUndefined);
        Expect(Compliant with { Required = null, RequiredError = "no such image" }, MachineStatus.ImageNotReady);
        Expect(With(a => a with { RequiredManifest = ScriptedSub.Id("old") }), MachineStatus.ComputingUpdate);
        Expect(With(a => a with { RequiredReadiness = ImageReadiness.Comparing }), MachineStatus.ComputingUpdate);
        Expect(With(a => a with { Plan = null }), MachineStatus.ComputingUpdate);
        Expect(With(a => a with { RequiredReadiness = ImageReadiness.MissingComputedFile }), MachineStatus.MissingComputedFile);
        var shortOf = With(a => a with { RequiredReadiness = ImageReadiness.InsufficientSpace, Shortage = "2 MiB are needed, 1 MiB is free" });
        Expect(shortOf, MachineStatus.InsufficientSpace);
        Assert.That(MachineJudge.Judge(shortOf).Detail, Is.EqualTo("2 MiB are needed, 1 MiB is free"));
        Expect(With(a => a with { RequiredReadiness = ImageReadiness.Unusable }), MachineStatus.ImageUnusable);
    }

    [Test]
    public void An_empty_plan_with_something_blocked_unknown_or_down_is_not_synced()
    {
        Expect(With(a => a with { Plan = ScriptedSub.Empty(Required) with { Blocked = 1 } }), MachineStatus.Blocked);
        Expect(With(a => a with { Plan = ScriptedSub.Empty(Required) with { Unknown = 1 } }), MachineStatus.Incomplete);
        Expect(With(a => a with { ServicesDown = true }), MachineStatus.ServicesDown);
        Expect(With(a => a with { Plan = ScriptedSub.Empty(Required) with { Held = 1 } }), MachineStatus.Synced);
    }

    [TestCase(ImageReadiness.NeedsTree)]
    [TestCase(ImageReadiness.NeedsObjects)]
    public void What_is_missing_is_fetched_unless_updates_are_stopped_or_it_just_failed(ImageReadiness readiness)
    {
        var missing = With(a => a with { RequiredReadiness = readiness, Plan = readiness == ImageReadiness.NeedsTree ? null : Plan() });
        Expect(missing, MachineStatus.WaitingToFetch, Want.FetchRequired);
        Expect(missing with { Answer = missing.Answer with { Phase = SubPhase.Fetching } }, MachineStatus.Fetching);
        Expect(missing with { EmergencyStop = "stop" }, MachineStatus.UpdatesDisabled);
        Expect(missing with { Machine = missing.Machine with { DisableUpdates = true } }, MachineStatus.UpdatesDisabled);
        Expect(missing with { FailedFetch = new Judgement(MachineStatus.FetchDenied) }, MachineStatus.FetchDenied);
        Expect(
            missing with { FailedFetch = new Judgement(MachineStatus.FetchFailed, "refused") },
            readiness == ImageReadiness.NeedsTree ? MachineStatus.ImageNotReady : MachineStatus.FetchFailed);
    }

    [Test]
    public void Drift_is_corrected_without_a_turn_and_another_image_takes_one()
    {
        var drift = With(a => a with { Plan = Plan() });
        Expect(drift, MachineStatus.SendingUpdate, Want.CorrectDrift);
        var other = With(a => a with { Plan = Plan(), AppliedManifest = ScriptedSub.Id("old") });
        Expect(other, MachineStatus.WaitingForTurn, Want.Update);
        Expect(With(a => a with { Plan = Plan(), AppliedManifest = default }), MachineStatus.WaitingForTurn, Want.Update);
        Expect(other with { CompliantWith = Required }, MachineStatus.SendingUpdate, Want.CorrectDrift);
    }

    [Test]
    public void A_plan_is_not_carried_out_while_stopped_disabled_unsafe_or_just_failed()
    {
        var drift = With(a => a with { Plan = Plan() });
        Expect(drift with { EmergencyStop = "stop" }, MachineStatus.UpdatesDisabled);
        Expect(drift with { Machine = drift.Machine with { DisableUpdates = true } }, MachineStatus.UpdatesDisabled);
        Expect(drift with { FailedUpdate = new Judgement(MachineStatus.UpdateFailed, "it broke") }, MachineStatus.UpdateFailed);
    }

    [Test]
    public void A_compliant_machine_is_synced_even_under_an_emergency_stop() => Expect(Compliant with { EmergencyStop = "stop" }, MachineStatus.Synced);

    [Test]
    public void The_safety_stop_holds_plans_of_full_images_until_cleared_for_this_very_plan()
    {
        var plan = ScriptedSub.Plan(Required, 60, deletions: 60);
        var old = ScriptedSub.Id("old");
        var unsafe_ = With(a => a with { Plan = plan, AppliedManifest = old });
        Expect(unsafe_, MachineStatus.UnsafeUpdate);
        Assert.That(MachineJudge.Judge(unsafe_).Detail, Does.Contain("60 of the machine's 100 inodes").And.Contain("clear-safety-stop a"));
        Expect(With(a => a with { Plan = ScriptedSub.Plan(Required, 5, image: 49), AppliedManifest = old }), MachineStatus.UnsafeUpdate);
        Expect(With(a => a with { Plan = plan, AppliedManifest = old, RequiredReadiness = ImageReadiness.NeedsObjects }), MachineStatus.UnsafeUpdate);
        Expect(unsafe_ with { ClearedPlan = plan.Id }, MachineStatus.WaitingForTurn, Want.Update);
        Expect(unsafe_ with { ClearedPlan = ScriptedSub.Id("another plan") }, MachineStatus.UnsafeUpdate);
        Expect(unsafe_ with { Required = Image with { IsSparse = true } }, MachineStatus.WaitingForTurn, Want.Update);
        var tagged = unsafe_.Machine with { Tags = new Dictionary<string, string> { [MachineTags.DisableSafetyCheck] = "" } };
        Expect(unsafe_ with { Machine = tagged }, MachineStatus.WaitingForTurn, Want.Update);
    }

    [Test]
    public void Files_that_somebody_adds_do_not_hold_back_corrections_of_the_image_that_was_applied()
    {
        var plan = ScriptedSub.Plan(Required, 100, machine: 164, image: 64, deletions: 100);
        Expect(With(a => a with { Plan = plan }), MachineStatus.SendingUpdate, Want.CorrectDrift);
        Expect(With(a => a with { Plan = plan, BegunManifest = ScriptedSub.Id("another") }), MachineStatus.UnsafeUpdate);
        Expect(With(a => a with { Plan = plan, AppliedManifest = default }) with { CompliantWith = Required }, MachineStatus.UnsafeUpdate);
    }

    [Test]
    public void The_planned_image_is_fetched_to_compliant_machines_only()
    {
        var planned = Compliant with { Planned = new ResolvedImage { Name = "web/2", Manifest = ScriptedSub.Id("planned") } };
        var wants = planned with { Answer = planned.Answer with { PlannedReadiness = ImageReadiness.NeedsTree } };
        Expect(wants, MachineStatus.Synced, Want.FetchPlanned);
        Expect(planned with { Answer = planned.Answer with { PlannedReadiness = ImageReadiness.Ready } }, MachineStatus.Synced);
        Expect(wants with { EmergencyStop = "stop" }, MachineStatus.Synced);
        Expect(wants with { Answer = wants.Answer with { Phase = SubPhase.Fetching } }, MachineStatus.Synced);
        Expect(wants with { Answer = wants.Answer with { Plan = Plan() } }, MachineStatus.SendingUpdate, Want.CorrectDrift);
    }

    private static PlanSummary Plan() => ScriptedSub.Plan(Required, 3);

    private static MachineFacts With(Func<PollResponse, PollResponse> change) => Compliant with { Answer = change(Compliant.Answer) };

    private static void Expect(MachineFacts facts, MachineStatus status, Want want = Want.Nothing)
    {
        var judgement = MachineJudge.Judge(facts);
        Assert.That((judgement.Status, judgement.Want), Is.EqualTo((status, want)), judgement.Detail);
    }
}
