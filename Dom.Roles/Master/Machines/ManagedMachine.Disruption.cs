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
    /// <exception cref="RpcException">The machine does not wait for its group.</exception>
    public void ForceDisruption()
    {
        lock (_lock)
        {
            if (_status != MachineStatus.DisruptionRequested || _answer?.Plan is not { } plan)
            {
                throw new RpcException(RpcStatus.Conflict, $"{_entry.Hostname} does not wait for its disruption group: its status is '{_status.Word()}'", "NotWaiting");
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
