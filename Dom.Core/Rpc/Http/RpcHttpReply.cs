namespace Dom.Core.Rpc.Http;

/// <summary>A response over HTTP.</summary>
internal sealed class RpcHttpReply(HttpResponseMessage response, Stream body, RpcConnections connections) : RpcReply
{
    private int _left;

    public override Stream Body => body;

    public override async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            connections.Leave();
        }
    }
}
