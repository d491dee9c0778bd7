namespace Dom.Core.Rpc;

/// <summary>The head of a response and its bytes, as a transport of the client delivers them.</summary>
public abstract class RpcReply : IAsyncDisposable
{
    /// <summary>Null for success.</summary>
    public RpcStatus? Error { get; set; }

    /// <summary>Bytes of the body when known beforehand.</summary>
    public long? Length { get; set; }

    /// <summary>The body. Reading throws <see cref="RpcException"/> when the connection breaks.</summary>
    public abstract Stream Body { get; }

    /// <summary>Ends the call, also one that is still running.</summary>
    public abstract ValueTask DisposeAsync();
}
