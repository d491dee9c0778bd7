using System.Text;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Framing;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>A response as it came over the wire.</summary>
public sealed record RawResponse(int Status, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The error in the body, in MessagePack.</summary>
    public RpcException Error => RpcErrorFrame.Read(Body, RpcEncoding.MessagePack, RpcStatus.Internal, "the test");
}
