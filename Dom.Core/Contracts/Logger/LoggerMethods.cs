using Dom.Core.Rpc;

namespace Dom.Core.Contracts.Logger;

/// <summary>The log of a role: reading, following, its level. Every role has these.</summary>
public static class LoggerMethods
{
    private const string Service = "Logger";

    /// <summary>Every certificate of the fleet may call these, so their requests are no larger than they need to be.</summary>
    private static readonly RpcLimits SmallRequest = RpcLimits.Default with { MaxRequestBytes = 16 * 1024 };

    /// <summary>The lines that are kept, the oldest first. As the page <c>/logs</c>, for every certificate.</summary>
    public static readonly RpcMethod<LogQuery, LogLines> GetLines =
        RpcMethod.ServerStream(Service, "GetLines", ContractsJson.Default.LogQuery, ContractsJson.Default.LogLines) with { Access = RpcAccess.Public, Limits = SmallRequest };

    /// <summary>The lines that are kept and then each new one, for as long as the caller reads.</summary>
    public static readonly RpcMethod<LogQuery, LogLines> Watch =
        RpcMethod.ServerStream(Service, "Watch", ContractsJson.Default.LogQuery, ContractsJson.Default.LogLines) with { Access = RpcAccess.Public, Limits = SmallRequest };

    /// <summary>The levels in force.</summary>
    public static readonly RpcMethod<LogLevelsRequest, LogLevels> GetLevels =
        RpcMethod.Unary(Service, "GetLevels", ContractsJson.Default.LogLevelsRequest, ContractsJson.Default.LogLevels) with { Access = RpcAccess.Public, Repeatable = true, Limits = SmallRequest };

    /// <summary>Sets the level of the running role.</summary>
    public static readonly RpcMethod<SetLogLevelRequest, LogLevels> SetLevel =
        RpcMethod.Unary(Service, "SetLevel", ContractsJson.Default.SetLogLevelRequest, ContractsJson.Default.LogLevels) with { Changes = true, Limits = SmallRequest };
}
