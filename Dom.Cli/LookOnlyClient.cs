using Dom.Core.Rpc;

namespace Dom.Cli;

/// <summary>A connection of a dry run: whatever changes something on the server is refused here, before it is sent.</summary>
/// <remarks>Not the server decides, since an older one would not know that it is only asked what would happen.</remarks>
internal sealed class LookOnlyClient(RpcEndpoint endpoint, RpcCredentials credentials, TimeProvider time) : RpcClient(endpoint, credentials, options: null, time)
{
    /// <inheritdoc/>
    protected override Task<RpcReply> SendAsync(RpcMethod method, RpcRequestBody body, TimeSpan timeout, CancellationToken cancellationToken) => method.Changes
        ? throw new InvalidOperationException($"a dry run must not call {method}")
        : base.SendAsync(method, body, timeout, cancellationToken);
}
