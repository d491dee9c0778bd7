using System.Globalization;
using System.Net;

namespace Dom.Core.Rpc;

/// <summary>What a handler knows about the call it serves.</summary>
public sealed class RpcCall
{
    /// <summary>Most characters of a reason, and of a target, that the audit log gets.</summary>
    public const int MaxAuditText = 1024;

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

    /// <summary>Writes the audit log now; null when this call has none.</summary>
    public Func<RpcCall, ValueTask>? Recorder { get; init; }

    /// <summary>The beginning of a text that is too long for the audit log, with its length.</summary>
    public static string Shorten(string text, int maxLength = MaxAuditText) => text.Length <= maxLength
        ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, maxLength)}… ({text.Length} characters)");

    /// <summary>Writes to the audit log that this call, which is not a changing one by itself, changed something.</summary>
    public async ValueTask RecordChangeAsync(string target, string reason)
    {
        SetAudit(target, reason);
        if (Recorder is not null)
        {
            await Recorder(this);
        }
    }

    /// <summary>Sets what the audit log says about a changing call; call it as soon as the request is understood.</summary>
    public void SetAudit(string target, string? reason = null)
    {
        AuditTarget = Shorten(target);
        AuditReason = reason is null ? null : Shorten(reason);
    }
}
