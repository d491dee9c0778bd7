using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The methods of the master.</summary>
public static class DominatorMethods
{
    private const string Service = "Dominator";

    /// <summary>Emergency stop.</summary>
    public static readonly RpcMethod<ReasonRequest, UpdatesSwitch> DisableUpdates =
        RpcMethod.Unary(Service, "DisableUpdates", ContractsJson.Default.ReasonRequest, ContractsJson.Default.UpdatesSwitch) with { Changes = true };

    /// <summary>Ends the emergency stop.</summary>
    public static readonly RpcMethod<ReasonRequest, UpdatesSwitch> EnableUpdates =
        RpcMethod.Unary(Service, "EnableUpdates", ContractsJson.Default.ReasonRequest, ContractsJson.Default.UpdatesSwitch) with { Changes = true };

    /// <summary>The fleet in a few numbers.</summary>
    public static readonly RpcMethod<SubQuery, MasterStatus> GetStatus =
        RpcMethod.Unary(Service, "GetStatus", ContractsJson.Default.SubQuery, ContractsJson.Default.MasterStatus) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Names of machines, in pages.</summary>
    public static readonly RpcMethod<SubQuery, SubNamesPage> ListSubs =
        RpcMethod.ServerStream(Service, "ListSubs", ContractsJson.Default.SubQuery, ContractsJson.Default.SubNamesPage) with { Access = RpcAccess.Public };

    /// <summary>What is known of machines, in pages.</summary>
    public static readonly RpcMethod<SubQuery, SubInfoPage> GetInfoForSubs =
        RpcMethod.ServerStream(Service, "GetInfoForSubs", ContractsJson.Default.SubQuery, ContractsJson.Default.SubInfoPage) with { Access = RpcAccess.Public };

    /// <summary>The state of machines and then each change of it, from a generation on, until the caller ends it (rule 27).</summary>
    public static readonly RpcMethod<WatchRequest, SubChanges> WatchSubs =
        RpcMethod.ServerStream(Service, "WatchSubs", ContractsJson.Default.WatchRequest, ContractsJson.Default.SubChanges) with { Access = RpcAccess.Public };

    /// <summary>What an update of a machine would do (rule 22): callers with the method, and the machine's owners.</summary>
    public static readonly RpcMethod<SubPlanRequest, PlanPage> GetSubPlan =
        RpcMethod.ServerStream(Service, "GetSubPlan", ContractsJson.Default.SubPlanRequest, ContractsJson.Default.PlanPage) with { Access = RpcAccess.Public };

    /// <summary>Lets one plan through the safety stop: callers with the method, and the machine's owners.</summary>
    public static readonly RpcMethod<ClearSafetyStopRequest, ClearSafetyStopResponse> ClearSafetyShutoff =
        RpcMethod.Unary(Service, "ClearSafetyShutoff", ContractsJson.Default.ClearSafetyStopRequest, ContractsJson.Default.ClearSafetyStopResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Lets an image roll on after failures.</summary>
    public static readonly RpcMethod<ClearHaltRequest, MasterStatus> ClearHalt =
        RpcMethod.Unary(Service, "ClearHalt", ContractsJson.Default.ClearHaltRequest, ContractsJson.Default.MasterStatus) with { Changes = true };

    /// <summary>Keeps machines from being changed for a time: callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<PauseRequest, ControlResponse> PauseSubs =
        RpcMethod.Unary(Service, "PauseSubs", ContractsJson.Default.PauseRequest, ContractsJson.Default.ControlResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Ends pauses: callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<MachinesRequest, ControlResponse> ResumeSubs =
        RpcMethod.Unary(Service, "ResumeSubs", ContractsJson.Default.MachinesRequest, ContractsJson.Default.ControlResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Lets machines try at once what failed or was rolled back (rule 25): callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<MachinesRequest, ControlResponse> RetrySubs =
        RpcMethod.Unary(Service, "RetrySubs", ContractsJson.Default.MachinesRequest, ContractsJson.Default.ControlResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Brings machines to their images now and reports how it goes (rule 25): callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<FastUpdateRequest, FastUpdateProgress> FastUpdate =
        RpcMethod.ServerStream(Service, "FastUpdate", ContractsJson.Default.FastUpdateRequest, ContractsJson.Default.FastUpdateProgress) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>The image of machines for which the machine list requires none.</summary>
    public static readonly RpcMethod<NoRequest, DefaultImage> GetDefaultImage =
        RpcMethod.Unary(Service, "GetDefaultImage", ContractsJson.Default.NoRequest, ContractsJson.Default.DefaultImage) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Sets the image of machines for which the machine list requires none.</summary>
    public static readonly RpcMethod<DefaultImageRequest, DefaultImage> SetDefaultImage =
        RpcMethod.Unary(Service, "SetDefaultImage", ContractsJson.Default.DefaultImageRequest, ContractsJson.Default.DefaultImage) with { Changes = true };

    /// <summary>What happened to a machine, or the controls of the whole fleet, in pages.</summary>
    public static readonly RpcMethod<HistoryRequest, HistoryPage> GetHistory =
        RpcMethod.ServerStream(Service, "GetHistory", ContractsJson.Default.HistoryRequest, ContractsJson.Default.HistoryPage) with { Access = RpcAccess.Public };

    /// <summary>Deviations that were corrected, in pages.</summary>
    public static readonly RpcMethod<DriftQuery, DriftEntries> GetDrift =
        RpcMethod.ServerStream(Service, "GetDrift", ContractsJson.Default.DriftQuery, ContractsJson.Default.DriftEntries) with { Access = RpcAccess.Public };

    /// <summary>Sets speeds for all subs.</summary>
    public static readonly RpcMethod<ConfigureSubsRequest, SubsConfiguration> ConfigureSubs =
        RpcMethod.Unary(Service, "ConfigureSubs", ContractsJson.Default.ConfigureSubsRequest, ContractsJson.Default.SubsConfiguration) with { Changes = true };

    /// <summary>The speeds set for all subs.</summary>
    public static readonly RpcMethod<NoRequest, SubsConfiguration> GetSubsConfiguration =
        RpcMethod.Unary(Service, "GetSubsConfiguration", ContractsJson.Default.NoRequest, ContractsJson.Default.SubsConfiguration) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Lets updates of high impact be carried out whose group has no room now: callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<MachinesRequest, ControlResponse> ForceDisruptiveUpdate =
        RpcMethod.Unary(Service, "ForceDisruptiveUpdate", ContractsJson.Default.MachinesRequest, ContractsJson.Default.ControlResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Makes this master hold machines that another one holds: callers with the method, and the machines' owners.</summary>
    public static readonly RpcMethod<MachinesRequest, ControlResponse> TakeOverSubs =
        RpcMethod.Unary(Service, "TakeOverSubs", ContractsJson.Default.MachinesRequest, ContractsJson.Default.ControlResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Takes the machine list as it stands in its file, however many machines it lacks.</summary>
    public static readonly RpcMethod<ReasonRequest, MachineListResponse> AcceptMachineList =
        RpcMethod.Unary(Service, "AcceptMachineList", ContractsJson.Default.ReasonRequest, ContractsJson.Default.MachineListResponse) with { Changes = true };
}
