using System.IO.Pipelines;

namespace Dom.Core.Rpc;

/// <summary>One call as a server's transport sees it: bytes in, bytes out. Implemented by each transport, driven by <see cref="RpcRouter"/>.</summary>
public abstract class RpcExchange
{
    /// <summary>Form of the request's messages.</summary>
    public RpcEncoding RequestEncoding { get; init; }

    /// <summary>Form of the response's messages.</summary>
    public RpcEncoding ResponseEncoding { get; init; }

    /// <summary>How long the caller still waits; null when it did not say.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes of the request when known beforehand.</summary>
    public long? RequestLength { get; init; }

    /// <summary>The request's bytes.</summary>
    public abstract Stream RequestBody { get; }

    /// <summary>Where the response goes.</summary>
    public abstract PipeWriter ResponseBody { get; }

    /// <summary>True after <see cref="Start"/>.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Asks for memory for the request before it is taken, until the call ends. The first 16 KiB need no asking.</summary>
    /// <param name="bytes">All that the request has then, not what is added.</param>
    /// <exception cref="RpcException">The caller has too much under way.</exception>
    public virtual void Reserve(int bytes)
    {
    }

    /// <summary>Sends the head of the response; once, before its first byte.</summary>
    /// <param name="status">Null for success.</param>
    public void Start(RpcStatus? status)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            OnStart(status);
        }
    }

    /// <summary>Sends the head of the response.</summary>
    protected abstract void OnStart(RpcStatus? status);

    /// <summary>The error a fault of the transport means, or null when it means none in particular.</summary>
    public virtual RpcException? Translate(Exception fault) => null;
}
