using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dom.Core.Rpc;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>A TLS connection that speaks HTTP/1.1 byte by byte, so that a test can send what no client of ours would.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _have;

    private RawConnection(Socket socket, Stream stream)
    {
        _socket = socket;
        Stream = stream;
    }

    public Stream Stream { get; }

    /// <summary>Connects without TLS.</summary>
    public static async Task<RawConnection> PlainAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new RawConnection(socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Connects with TLS and a certificate, or without one. The server's certificate is not looked at.</summary>
    public static async Task<RawConnection> TlsAsync(int port, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var plain = await PlainAsync(port, cancellationToken);
        var tls = new SslStream(plain.Stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = certificate is null ? null : [certificate],
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                CertificateChainPolicy = new X509ChainPolicy { VerificationFlags = X509VerificationFlags.AllFlags, DisableCertificateDownloads = true },
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            },
            cancellationToken);
        return new RawConnection(plain._socket, tls);
    }

    /// <summary>Sends a request with a body of this length, and reads the response.</summary>
    public async Task<RawResponse> PostAsync(
        string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, string type = RpcProtocol.MessagePackType, string? headers = null)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n{headers}\r\n";
        await Stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await Stream.WriteAsync(body, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Sends a GET request and reads the response.</summary>
    public async Task<RawResponse> GetAsync(string path, CancellationToken cancellationToken)
    {
        await Stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"), cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Reads one response, chunked or with a length.</summary>
    public async Task<RawResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var head = Encoding.ASCII.GetString(await TakeUntilAsync("\r\n\r\n"u8.ToArray(), cancellationToken));
        var status = int.Parse(head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
        var body = new MemoryStream();
        if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (true)
            {
                var line = Encoding.ASCII.GetString(await TakeUntilAsync("\r\n"u8.ToArray(), cancellationToken)).TrimEnd();
                var size = Convert.ToInt32(line, 16);
                await TakeToAsync(body, size, cancellationToken);
                await TakeAsync(2, cancellationToken);
                if (size == 0)
                {
                    return new RawResponse(status, head, body.ToArray());
                }
            }
        }

        var marker = head.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
        var length = marker < 0 ? 0 : int.Parse(head[(marker + 15)..].Split('\r')[0].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        return new RawResponse(status, head, await TakeAsync(length, cancellationToken));
    }

    /// <summary>Completes when the server closes or resets the connection.</summary>
    public async Task WhenClosedAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await Stream.ReadAsync(_buffer, cancellationToken) > 0)
            {
                _have = 0;
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<byte[]> TakeUntilAsync(byte[] mark, CancellationToken cancellationToken)
    {
        int at;
        while ((at = _buffer.AsSpan(0, _have).IndexOf(mark)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        return await TakeAsync(at + mark.Length, cancellationToken);
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken cancellationToken)
    {
        while (_have < count)
        {
            await FillAsync(cancellationToken);
        }

        var taken = _buffer.AsSpan(0, count).ToArray();
        _buffer.AsSpan(count, _have - count).CopyTo(_buffer);
        _have -= count;
        return taken;
    }

    /// <summary>A chunk may be larger than what fits into the buffer.</summary>
    private async Task TakeToAsync(MemoryStream body, int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var part = await TakeAsync(Math.Min(count, _buffer.Length / 2), cancellationToken);
            body.Write(part);
            count -= part.Length;
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var read = await Stream.ReadAsync(_buffer.AsMemory(_have), cancellationToken);
        _have += read > 0 ? read : throw new EndOfStreamException("the server closed the connection");
    }
}
