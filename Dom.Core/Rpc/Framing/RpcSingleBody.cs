using System.IO.Pipelines;

namespace Dom.Core.Rpc.Framing;

/// <summary>A request of one message.</summary>
internal sealed class RpcSingleBody(ReadOnlyMemory<byte> bytes) : RpcRequestBody
{
    public override ReadOnlyMemory<byte>? Single => bytes;

    public override async Task WriteToAsync(PipeWriter output, CancellationToken cancellationToken) =>
        await output.WriteAsync(bytes, cancellationToken);
}
