using System.Net;

namespace Dom.Core.Rpc;

/// <summary>What a handler knows about the call it serves.</summary>
public sealed class RpcCall
{
    /// <summary>Creates the context of one call.</summary>
    public RpcCall(RpcMethod method, RpcCaller caller, IPAddress? remoteAddress)
    {
        Method = method;
        Caller = caller;
        RemoteAddress = remoteAddress;
    }

    /// <summary>The method called.</summary>
    public RpcMethod Method { get; }

    /// <summary>Who calls.</summary>
    public RpcCaller Caller { get; }

    /// <summary>Where the call comes from; null within a process.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>What the call is about, for the audit log.</summary>
    public string? AuditTarget { get; private set; }

    /// <summary>Why the caller does it, for the audit log.</summary>
    public string? AuditReason { get; private set; }

    /// <summary>Sets what the audit log says about a changing call; call it as soon as the request is understood.</summary>
    public void SetAudit(string target, string? reason = null)
    {
        AuditTarget = target;
        AuditReason = reason;
    }
}
