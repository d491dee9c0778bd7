using Dom.Core.Rpc;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>The machine list of many sources: reading, following, pausing.</summary>
public static class MdbServerMethods
{
    private const string Service = "MdbServer";

    /// <summary>The machine list in force, in pages.</summary>
    public static readonly RpcMethod<MdbRequest, MdbPage> GetMdb =
        RpcMethod.ServerStream(Service, "GetMdb", ContractsJson.Default.MdbRequest, ContractsJson.Default.MdbPage) with { Access = RpcAccess.Public };

    /// <summary>The machine list in force and then what changes in it, for as long as the caller reads.</summary>
    public static readonly RpcMethod<MdbRequest, MdbUpdate> GetMdbUpdates =
        RpcMethod.ServerStream(Service, "GetMdbUpdates", ContractsJson.Default.MdbRequest, ContractsJson.Default.MdbUpdate);

    /// <summary>One machine, and what each source says of it.</summary>
    public static readonly RpcMethod<MdbMachineRequest, MdbMachine> GetMachine =
        RpcMethod.Unary(Service, "GetMachine", ContractsJson.Default.MdbMachineRequest, ContractsJson.Default.MdbMachine) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Names of the images that machines require or will require.</summary>
    public static readonly RpcMethod<MdbRequest, MdbImages> ListImages =
        RpcMethod.Unary(Service, "ListImages", ContractsJson.Default.MdbRequest, ContractsJson.Default.MdbImages) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>The sources, the pauses and what is wrong.</summary>
    public static readonly RpcMethod<MdbRequest, MdbStatus> GetStatus =
        RpcMethod.Unary(Service, "GetStatus", ContractsJson.Default.MdbRequest, ContractsJson.Default.MdbStatus) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Pauses a machine for a time: its owners, and callers whose certificate lists the method.</summary>
    public static readonly RpcMethod<PauseUpdatesRequest, MachinePause> PauseUpdates =
        RpcMethod.Unary(Service, "PauseUpdates", ContractsJson.Default.PauseUpdatesRequest, ContractsJson.Default.MachinePause) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Ends a pause: who began it, the machine's owners, and callers whose certificate lists the method.</summary>
    public static readonly RpcMethod<ResumeUpdatesRequest, MachinePause> ResumeUpdates =
        RpcMethod.Unary(Service, "ResumeUpdates", ContractsJson.Default.ResumeUpdatesRequest, ContractsJson.Default.MachinePause) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Takes lists that lost more machines than may vanish at once.</summary>
    public static readonly RpcMethod<AcceptShrinkRequest, AcceptShrinkResponse> AcceptShrink =
        RpcMethod.Unary(Service, "AcceptShrink", ContractsJson.Default.AcceptShrinkRequest, ContractsJson.Default.AcceptShrinkResponse) with { Changes = true };
}
