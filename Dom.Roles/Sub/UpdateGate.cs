using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Sub.Images;

namespace Dom.Roles.Sub;

/// <summary>Rule 18: which updates a sub carries out. It trusts its own plan and the master's limits, not the master's judgement of safety.</summary>
internal static class UpdateGate
{
    /// <summary>The assessment whose plan may be carried out; throws what is wrong with the direction.</summary>
    public static Assessment Require(Assessment? required, UpdateRequest request, PollResponse state)
    {
        if (request.Epoch != state.Epoch)
        {
            throw Refuse("PlanChanged", $"the direction is for epoch {request.Epoch} of this sub, which was restarted since; poll again");
        }

        if (required is not { Plan: { } plan, Loaded: { } image } || plan.Id != request.PlanId || plan.Manifest != request.Manifest || plan.Steps.IsEmpty)
        {
            throw Refuse("PlanChanged", $"there is no plan {request.PlanId} for manifest {request.Manifest} (any more); poll again");
        }

        if (required.Readiness != ImageReadiness.Ready)
        {
            throw Refuse("NotReady", $"the image is not ready here ({required.Readiness}); fetch first");
        }

        if (plan.Counts.MachineInodes > request.MachineInodes)
        {
            throw Refuse("PlanTooLarge", $"{plan.Counts.MachineInodes} inodes are in scope and the direction was made for {request.MachineInodes}; poll again");
        }

        RequireAllowed("creates", plan.Counts.Creations, request.Creations);
        RequireAllowed("changes", plan.Counts.Changes, request.Changes);
        RequireAllowed("deletes", plan.Counts.Deletions, request.Deletions);
        if (!request.OverrideSafety && SafetyRule.Objection(plan.Counts, image.IsSparse, corrects: state.CorrectsTo(plan.Manifest)) is { } objection)
        {
            throw Refuse("Unsafe", $"the plan looks like a mistake: {objection}; clear the safety stop of this plan if it is none");
        }

        return required;
    }

    private static void RequireAllowed(string verb, long has, long allowed)
    {
        if (has > allowed)
        {
            throw Refuse("PlanTooLarge", $"the plan {verb} {has} inodes and the direction allows {allowed}");
        }
    }

    private static RpcException Refuse(string code, string message) => new(RpcStatus.Conflict, message, code);
}
