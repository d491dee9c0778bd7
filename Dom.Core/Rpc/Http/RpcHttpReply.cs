namespace Dom.Core.Rpc.Http;

/// <summary>A response over HTTP.</summary>
internal sealed class RpcHttpReply(HttpResponseMessage response, Stream body) : RpcReply
{
    public override Stream Body => body;

    public override async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
    }
}
