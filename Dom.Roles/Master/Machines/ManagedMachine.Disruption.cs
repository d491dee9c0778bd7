using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Plans of high impact wait until the machine's group has room.</summary>
internal sealed partial class ManagedMachine
{
    /// <summary>A machine that does not come back does not hold its group up for ever.</summary>
    private static readonly TimeSpan LongestDisruption = TimeSpan.FromHours(1);

    private long? _disruptedSince;
    private ObjectId _forcedPlan;

    /// <summary>Lets the plan that waits for its group be carried out at once.</summary>
    /// <exception cref="RpcException">The machine waits for no permission.</exception>
    public void ForceDisruption()
    {
        lock (_lock)
        {
            if (_status is not (MachineStatus.DisruptionRequested or MachineStatus.DisruptionDenied or MachineStatus.DisruptionFailed) || _answer?.Plan is not { } plan)
            {
                throw new RpcException(RpcStatus.Conflict, $"{_entry.Hostname} does not wait for a permission to be disrupted: its status is '{_status.Word()}'", "NotWaiting");
            }

            _forcedPlan = plan.Id;
        }

        Wake();
    }

    /// <summary>Asks for permission to disrupt the machine, if its plan needs one; the permission is durable when this returns true.</summary>
    private async Task<bool> MayDisruptAsync(PlanSummary plan)
    {
        var entry = Entry;
        if (!plan.HighImpact || DisruptionGroup.Of(entry) is not { } group || IsAlwaysForced(entry) || _context.Disruptions.IsPermitted(Hostname))
        {
            return true;
        }

        if (!_context.Disruptions.TryEnter(Hostname, group, IsForced(plan)))
        {
            SetStatus(
                MachineStatus.DisruptionRequested,
                $"{group.Most} of its disruption group '{group.Name}' are being updated. To go on all the same: dom ctl force-disruptive-update {Hostname}");
            return false;
        }

        try
        {
            await _context.State.SaveBrakeAsync();
        }
        catch (IOException fault)
        {
            LogSaveFailed(_context.Logger, Hostname, fault.Message);
            _context.Disruptions.Leave(Hostname);
            SetStatus(MachineStatus.DisruptionRequested, $"the master cannot write down its permission: {fault.Message}");
            return false;
        }

        return true;
    }

    /// <summary>Ends the permission when the machine is back, or has been away for too long.</summary>
    private void SettleDisruption(Judgement judgement)
    {
        if (!_context.Disruptions.IsPermitted(Hostname))
        {
            _disruptedSince = null;
            return;
        }

        _disruptedSince ??= _context.Clock.GetTimestamp();
        if ((judgement.Status == MachineStatus.Synced || _context.Clock.GetElapsedTime(_disruptedSince.Value) >= LongestDisruption)
            && _context.Disruptions.Leave(Hostname))
        {
            _disruptedSince = null;
            Keep(_context.State.SaveBrakeAsync());
        }
    }

    /// <summary>The machine itself has to ask first, and goes on asking: meanwhile it keeps neither its turn nor its group's room from others.</summary>
    private void AwaitPermission()
    {
        EndTurn(TurnEnd.Returned, "");
        if (_context.Disruptions.Leave(Hostname))
        {
            Keep(_context.State.SaveBrakeAsync());
        }
    }

    private bool IsForced(PlanSummary plan)
    {
        lock (_lock)
        {
            return _forcedPlan == plan.Id;
        }
    }

    private static bool IsAlwaysForced(Machine entry) =>
        entry.Tags.TryGetValue(MachineTags.ForceDisruptiveUpdate, out var forced) && forced.Equals("true", StringComparison.OrdinalIgnoreCase);
}
