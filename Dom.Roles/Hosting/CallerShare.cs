using System.Net;
using Dom.Core.Rpc;

namespace Dom.Roles.Hosting;

/// <summary>One connection's part of what its caller may take; see <see cref="CallerGate"/>.</summary>
/// <param name="gate">Where it counts.</param>
/// <param name="user">The certificate's user; empty without a good certificate.</param>
/// <param name="site">Where the caller is.</param>
internal sealed class CallerShare(CallerGate gate, string user, IPAddress site)
{
    /// <summary>The share of whoever showed a good certificate.</summary>
    public static CallerShare Of(CallerGate gate, RpcCaller caller, IPAddress site) =>
        new(gate, caller.IsIdentityOnly ? $"{caller.User} (identity only)" : caller.User, site);

    /// <summary>Takes something; null when it was there, or else why not, for people.</summary>
    public string? Take(CallerResource what, long amount) => gate.Take(user, site, what, amount);

    /// <summary>Gives it back.</summary>
    public void GiveBack(CallerResource what, long amount) => gate.GiveBack(user, site, what, amount);

    /// <summary>The error of a call that exceeds a limit.</summary>
    public static RpcException Exceeded(string why) => new(RpcStatus.ResourceExhausted, why, RpcErrorCode.CallerLimit);
}
