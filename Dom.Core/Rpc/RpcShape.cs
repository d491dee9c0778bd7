namespace Dom.Core.Rpc;

/// <summary>How many messages travel in each direction of a call.</summary>
public enum RpcShape
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>One request, a stream of responses.</summary>
    ServerStream,

    /// <summary>A stream of requests, one response.</summary>
    ClientStream,

    /// <summary>A stream in each direction at the same time; needs HTTP/2.</summary>
    Duplex,
}
