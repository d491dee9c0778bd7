namespace Dom.Core.Rpc.Framing;

/// <summary>What is being read and whose fault it is when it is wrong: a request is the caller's, a response the server's.</summary>
internal readonly record struct RpcSource(string What, bool IsResponse)
{
    public static RpcSource RequestOf(RpcMethod method) => new($"a request of {method}", IsResponse: false);

    public static RpcSource ResponseOf(RpcMethod method) => new($"a response of {method}", IsResponse: true);

    public RpcException Malformed(string fault) => new(Blame, $"{What} {fault}", RpcErrorCode.Malformed);

    public RpcException TooLarge(string fault) => new(Blame, $"{What} {fault}", RpcErrorCode.TooLarge);

    public RpcException Truncated(string fault) => new(
        IsResponse ? RpcStatus.Unavailable : RpcStatus.InvalidArgument, $"{What} {fault}", RpcErrorCode.Truncated, retryable: true);

    private RpcStatus Blame => IsResponse ? RpcStatus.Internal : RpcStatus.InvalidArgument;
}
