namespace Dom.Core.Rpc;

/// <summary>A method with its handler.</summary>
internal abstract class RpcRoute
{
    public abstract RpcMethod Method { get; }

    /// <summary>Reads the request, runs the handler, writes the response. Throws what goes wrong.</summary>
    public abstract Task RunAsync(RpcCall call, RpcExchange exchange, CancellationToken cancellationToken);
}
