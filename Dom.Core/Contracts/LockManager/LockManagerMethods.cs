using Dom.Core.Rpc;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Semaphores of groups: how many machines may be down, or jobs run, at once.</summary>
public static class LockManagerMethods
{
    /// <summary>Longest wait of one call.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private const string Service = "LockManager";

    /// <summary>Takes a slot, or waits for one. Asking again under the same name is as good as once.</summary>
    public static readonly RpcMethod<LockRequest, LockResponse> Lock =
        RpcMethod.Unary(Service, "Lock", ContractsJson.Default.LockRequest, ContractsJson.Default.LockResponse) with
        {
            Changes = true,
            Repeatable = true,
            Limits = RpcLimits.Default with { Deadline = LongestWait + TimeSpan.FromMinutes(1) },
        };

    /// <summary>Gives a slot back: the user who took it.</summary>
    public static readonly RpcMethod<UnlockRequest, UnlockResponse> Unlock =
        RpcMethod.Unary(Service, "Unlock", ContractsJson.Default.UnlockRequest, ContractsJson.Default.UnlockResponse) with { Changes = true, Repeatable = true };

    /// <summary>Takes a slot from anybody, with a reason.</summary>
    public static readonly RpcMethod<ForceUnlockRequest, UnlockResponse> ForceUnlock =
        RpcMethod.Unary(Service, "ForceUnlock", ContractsJson.Default.ForceUnlockRequest, ContractsJson.Default.UnlockResponse) with { Changes = true, Repeatable = true };

    /// <summary>Groups, holders, queues.</summary>
    public static readonly RpcMethod<LockStatusRequest, LockStatus> GetStatus =
        RpcMethod.Unary(Service, "Status", ContractsJson.Default.LockStatusRequest, ContractsJson.Default.LockStatus) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Names of the groups.</summary>
    public static readonly RpcMethod<LockStatusRequest, LockGroupList> List =
        RpcMethod.Unary(Service, "List", ContractsJson.Default.LockStatusRequest, ContractsJson.Default.LockGroupList) with { Access = RpcAccess.Public, Repeatable = true };

    /// <summary>Sets the limit of a group.</summary>
    public static readonly RpcMethod<SetMaxRequest, SetMaxResponse> SetMax =
        RpcMethod.Unary(Service, "SetMax", ContractsJson.Default.SetMaxRequest, ContractsJson.Default.SetMaxResponse) with { Changes = true };

    /// <summary>Freezes a group, or ends that.</summary>
    public static readonly RpcMethod<LockFreezeRequest, LockGroupStatus> Freeze =
        RpcMethod.Unary(Service, "Freeze", ContractsJson.Default.LockFreezeRequest, ContractsJson.Default.LockGroupStatus) with { Changes = true };

    /// <summary>What happened.</summary>
    public static readonly RpcMethod<LockLogRequest, LockEvents> GetLog =
        RpcMethod.Unary(Service, "Log", ContractsJson.Default.LockLogRequest, ContractsJson.Default.LockEvents) with { Repeatable = true };

    /// <summary>What happens, for as long as the caller reads.</summary>
    public static readonly RpcMethod<LockLogRequest, LockEvents> Watch =
        RpcMethod.ServerStream(Service, "Watch", ContractsJson.Default.LockLogRequest, ContractsJson.Default.LockEvents);
}
