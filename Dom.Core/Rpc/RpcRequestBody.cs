using System.IO.Pipelines;

namespace Dom.Core.Rpc;

/// <summary>The request as a transport of the client sends it: one encoded message, or a stream that is encoded while it is sent.</summary>
public abstract class RpcRequestBody
{
    /// <summary>The whole body when it is one message; null for a stream.</summary>
    public virtual ReadOnlyMemory<byte>? Single => null;

    /// <summary>What the producer of the requests threw, if it did; the reason the call failed.</summary>
    public Exception? Failure { get; private protected set; }

    /// <summary>Writes the body with its end mark.</summary>
    public abstract Task WriteToAsync(PipeWriter output, CancellationToken cancellationToken);
}
