using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;
using Dom.Roles.Master.Records;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master;

/// <summary>The methods of the service Dominator.</summary>
internal sealed partial class MasterEndpoints(MasterService master, ILogger logger)
{
    private const int InfosPerPage = 250;
    private const int NamesPerPage = 10_000;
    private const int MaxReason = 1_000;

    /// <summary>Maps all methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(DominatorMethods.DisableUpdates, DisableUpdatesAsync);
        router.Map(DominatorMethods.EnableUpdates, EnableUpdatesAsync);
        router.Map(DominatorMethods.GetStatus, (query, _, _) => ValueTask.FromResult(Status(query)));
        router.MapServerStream(DominatorMethods.ListSubs, (query, _, _) => ListSubs(query));
        router.MapServerStream(DominatorMethods.GetInfoForSubs, (query, _, _) => GetInfos(query));
        router.MapServerStream(DominatorMethods.WatchSubs, (request, call, cancellationToken) => master.Watch.FollowAsync(request, call.Caller, cancellationToken));
        router.MapServerStream(DominatorMethods.GetSubPlan, GetSubPlanAsync);
        router.Map(DominatorMethods.ClearSafetyShutoff, ClearSafetyStopAsync);
        router.Map(DominatorMethods.ClearHalt, ClearHaltAsync);
        MapControls(router);
        MapSettings(router);
        MapRecords(router);
    }

    /// <summary>The fleet, or the machines a query chooses, in a few numbers.</summary>
    public MasterStatus Status(SubQuery query)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var holders = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int machines = 0, alive = 0, compliant = 0, deviant = 0;
        foreach (var machine in MachineQuery.Of(query).Choose(master.Fleet))
        {
            var status = machine.Status;
            counts[status.Word()] = counts.GetValueOrDefault(status.Word()) + 1;
            machines++;
            if (machine.HeldBy is { } holder)
            {
                holders[holder.Master] = holders.GetValueOrDefault(holder.Master) + 1;
            }

            if (machine.Answer is { OtherMaster: { Length: > 0 } other })
            {
                others[other] = others.GetValueOrDefault(other) + 1;
            }

            alive += status.IsAlive() ? 1 : 0;
            compliant += status == MachineStatus.Synced ? 1 : 0;
            deviant += status.IsDeviant() ? 1 : 0;
        }

        var (refusedLoss, refused) = master.RefusedLoss();
        return new MasterStatus
        {
            Updates = master.Stop.State,
            Machines = machines,
            ByStatus = counts,
            Alive = alive,
            Compliant = compliant,
            Deviant = deviant,
            HaltedImages = [.. master.Brake.Halts().Select(h => h.Image)],
            OtherMasters = others,
            Holders = holders,
            MachineListError = master.ListError,
            RefusedLoss = refusedLoss,
            RefusedMachines = refused,
            StartTime = master.StartTime,
            Version = BuildVersion.Text,
        };
    }

    private async ValueTask<UpdatesSwitch> DisableUpdatesAsync(ReasonRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, "all machines");
        try
        {
            var state = await master.Stop.StopAsync(call.Caller.User, reason, cancellationToken);
            master.History.AddControl(MachineHistory.Fleet, "disable-updates", call.Caller.User, reason);
            LogDisabled(logger, call.Caller.User, reason);
            return state;
        }
        catch (IOException fault)
        {
            throw new RpcException(
                RpcStatus.Internal,
                $"updates are stopped now, but a restart of the master would forget it, because its state cannot be written: {fault.Message}",
                "NotDurable",
                retryable: true,
                fault);
        }
    }

    private async ValueTask<UpdatesSwitch> EnableUpdatesAsync(ReasonRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, "all machines");
        try
        {
            var state = await master.Stop.ReleaseAsync(call.Caller.User, reason, cancellationToken);
            if (state.Disabled)
            {
                throw new RpcException(RpcStatus.Conflict, $"{state.User} stopped updates again meanwhile: {state.Reason}", "StoppedAgain");
            }

            master.History.AddControl(MachineHistory.Fleet, "enable-updates", call.Caller.User, reason);
            LogEnabled(logger, call.Caller.User, reason);
            return state;
        }
        catch (IOException fault)
        {
            throw NotDurable("updates stay stopped", fault);
        }
    }

    private IAsyncEnumerable<SubNamesPage> ListSubs(SubQuery query) => MachineQuery.Of(query).Choose(master.Fleet)
        .Select(m => m.Hostname).Chunk(NamesPerPage).Select(names => new SubNamesPage { Hostnames = names }).ToAsyncEnumerable();

    private IAsyncEnumerable<SubInfoPage> GetInfos(SubQuery query) => MachineQuery.Of(query).Choose(master.Fleet)
        .Select(m => m.Describe()).Chunk(InfosPerPage).Select(infos => new SubInfoPage { Subs = infos }).ToAsyncEnumerable();

    private async IAsyncEnumerable<PlanPage> GetSubPlanAsync(
        SubPlanRequest request, RpcCall call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var machine = Require(request.Hostname);
        RequireOwner(machine, call, DominatorMethods.GetSubPlan);
        var name = request.Image.Length > 0 ? request.Image : machine.Entry.RequiredImage;
        if (name.Length == 0)
        {
            throw new RpcException(RpcStatus.NotFound, $"the machine list requires no image of {machine.Hostname}: name one to compare with");
        }

        var image = master.Images.Find(name) ?? await master.Images.AskAsync(name, cancellationToken);
        await foreach (var page in machine.GetPlanAsync(image, cancellationToken))
        {
            yield return page;
        }
    }

    private async ValueTask<ClearSafetyStopResponse> ClearSafetyStopAsync(ClearSafetyStopRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var machine = Require(request.Hostname);
        var reason = Reason(request.Reason, call, request.Hostname);
        RequireOwner(machine, call, DominatorMethods.ClearSafetyShutoff);
        var stopped = machine.StoppedPlan;
        var plan = request.PlanId.IsNone ? stopped : request.PlanId;
        if (stopped.IsNone)
        {
            throw new RpcException(
                RpcStatus.Conflict, $"the safety stop does not hold {machine.Hostname}: its status is '{machine.Status.Word()}'", "NotStopped");
        }

        if (plan != stopped)
        {
            throw new RpcException(
                RpcStatus.Conflict, $"{machine.Hostname} is stopped at plan {stopped.ToShortString()}, not {plan.ToShortString()}: look at the new one with dom ctl diff", "PlanChanged");
        }

        try
        {
            await master.Clears.ClearAsync(machine.Hostname, plan, call.Caller.User, reason, master.SaveSafetyAsync);
        }
        catch (IOException fault)
        {
            throw NotDurable($"the safety stop still holds {machine.Hostname}", fault);
        }

        master.History.AddControl(machine.Hostname, "clear-safety-stop", call.Caller.User, reason, machine.Entry.RequiredImage);
        LogCleared(logger, call.Caller.User, machine.Hostname, plan, reason);
        machine.Wake();
        return new ClearSafetyStopResponse { PlanId = plan };
    }

    private async ValueTask<MasterStatus> ClearHaltAsync(ClearHaltRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, request.Image);
        try
        {
            if (!await master.Brake.ClearHaltAsync(request.Image, master.SaveBrakeAsync))
            {
                throw new RpcException(RpcStatus.NotFound, $"the image '{request.Image}' has not stopped rolling");
            }
        }
        catch (IOException fault)
        {
            throw NotDurable($"the image '{request.Image}' stays stopped", fault);
        }

        master.History.AddControl(MachineHistory.Fleet, "clear-halt", call.Caller.User, reason, request.Image);
        LogHaltCleared(logger, call.Caller.User, request.Image, reason);
        master.Fleet.WakeFor(request.Image);
        return Status(new SubQuery());
    }

    private static RpcException NotDurable(string consequence, IOException fault) => new(
        RpcStatus.Internal, $"{consequence}, because the master's state cannot be written: {fault.Message}", "NotDurable", retryable: true, fault);

    private static string Reason(string reason, RpcCall call, string target)
    {
        call.SetAudit(target, reason);
        return reason.Trim() switch
        {
            "" => throw new RpcException(RpcStatus.InvalidArgument, "a reason is needed: it is shown to everybody who asks why"),
            { Length: > MaxReason } => throw new RpcException(RpcStatus.InvalidArgument, $"a reason may have {MaxReason} characters"),
            var text => text,
        };
    }

    private ManagedMachine Require(string hostname) => master.Fleet.Find(hostname)
        ?? throw new RpcException(RpcStatus.NotFound, $"the machine list has no machine '{hostname}'", "NoSuchMachine");

    private static void RequireOwner(ManagedMachine machine, RpcCall call, RpcMethod method)
    {
        if (!call.Caller.Lists(method) && !machine.Entry.IsOwnedBy(call.Caller.User, call.Caller.Groups))
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"{call.Caller.User} does not own {machine.Hostname} and has no certificate that lists {method.FullName}",
                RpcErrorCode.MethodNotGranted);
        }
    }
}
