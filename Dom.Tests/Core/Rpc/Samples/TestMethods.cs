using Dom.Core.Rpc;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>One method of each shape and rule.</summary>
public static class TestMethods
{
    public static readonly RpcMethod<EchoRequest, EchoResponse> Echo =
        RpcMethod.Unary("Test", "Echo", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse)
            with
        { Limits = RpcLimits.Default with { MaxRequestBytes = 64 * 1024, Deadline = TimeSpan.FromSeconds(20) } };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Repeat =
        RpcMethod.Unary("Test", "Repeat", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse) with { Repeatable = true };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Change =
        RpcMethod.Unary("Test", "Change", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse) with { Changes = true };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Dangerous =
        RpcMethod.Unary("Test", "Dangerous", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse) with { Changes = true, NamedOnly = true };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Open =
        RpcMethod.Unary("Test", "Open", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse) with { Access = RpcAccess.Public };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Brief =
        RpcMethod.Unary("Test", "Brief", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse)
            with
        { Limits = RpcLimits.Default with { Deadline = TimeSpan.FromMilliseconds(200) } };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Count =
        RpcMethod.ServerStream("Test", "Count", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse) with { Repeatable = true };

    public static readonly RpcMethod<EchoRequest, DataChunk> Download =
        RpcMethod.ServerStream("Test", "Download", TestJson.Default.EchoRequest, TestJson.Default.DataChunk) with { Bulk = true };

    public static readonly RpcMethod<DataChunk, EchoResponse> Upload =
        RpcMethod.ClientStream("Test", "Upload", TestJson.Default.DataChunk, TestJson.Default.EchoResponse)
            with
        { Bulk = true, Limits = RpcLimits.Default with { MaxRequestBytes = 2 << 20 } };

    public static readonly RpcMethod<EchoRequest, EchoResponse> Chat =
        RpcMethod.Duplex("Test", "Chat", TestJson.Default.EchoRequest, TestJson.Default.EchoResponse);
}
