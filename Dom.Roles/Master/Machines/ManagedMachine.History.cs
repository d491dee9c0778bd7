using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Roles.Master.Machines;

/// <summary>What is written into the machine's history.</summary>
internal sealed partial class ManagedMachine
{
    private bool _lost;
    private PlanSummary? _recorded;

    private void Record(HistoryKind kind, Func<HistoryRecord, HistoryRecord> fill) => _context.History.Add(
        Hostname, fill(new HistoryRecord { Time = _context.Clock.GetUtcNow(), Kind = kind, Image = Entry.RequiredImage }));

    private void RecordAnswer(PollResponse answer)
    {
        if (_lost)
        {
            _lost = false;
            Record(HistoryKind.Answers, r => r);
        }

        // No plan says nothing about deviations: the machine compares, or reads an image.
        if (answer.Plan is { } plan && Deviation(_recorded) != Deviation(plan))
        {
            Record(HistoryKind.Deviation, r => r with { Plan = plan.Id, Steps = plan.Steps, Blocked = plan.Blocked, Unknown = plan.Unknown, Contested = plan.Contested });
        }

        _recorded = answer.Plan ?? _recorded;
    }

    private void RecordLoss(RpcException fault)
    {
        if (!_lost)
        {
            _lost = true;
            Record(HistoryKind.Lost, r => r with { Text = fault.Message });
        }
    }

    private void RecordUpdate(Direction direction, string outcome, TimeSpan took, string failure = "") => Record(
        HistoryKind.UpdateEnded,
        r => r with { Plan = direction.PlanId, Steps = direction.Steps, IsDrift = direction.IsDrift, Outcome = outcome, Took = took, Text = failure });

    private static (int Steps, int Blocked, int Unknown, int Contested) Deviation(PlanSummary? plan) =>
        plan is null ? default : (plan.Steps, plan.Blocked, plan.Unknown, plan.Contested);
}
