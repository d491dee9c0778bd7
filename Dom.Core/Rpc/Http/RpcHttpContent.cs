using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Dom.Core.Rpc.Http;

/// <summary>A request body that is written while the response is read. The framework's own contents hold the response back until they are sent.</summary>
internal sealed class RpcHttpContent : HttpContent
{
    private static readonly MediaTypeHeaderValue MediaType = new(RpcProtocol.MessagePackType);

    /// <summary>Messages of an upload leave in few large pieces: each becomes an HTTP chunk and TLS records of its own.</summary>
    private const int StreamBuffer = 128 * 1024;

    private readonly RpcRequestBody _body;

    public RpcHttpContent(RpcRequestBody body)
    {
        _body = body;
        Headers.ContentType = MediaType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_body.Single is { } single)
        {
            await stream.WriteAsync(single, cancellationToken);
            return;
        }

        // Streams: the head goes out at once, so that the server can answer before the first message is made.
        await stream.FlushAsync(cancellationToken);
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true, minimumBufferSize: StreamBuffer));
        await _body.WriteToAsync(output, cancellationToken);
        await output.CompleteAsync();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Single?.Length ?? 0;
        return _body.Single is not null;
    }
}
