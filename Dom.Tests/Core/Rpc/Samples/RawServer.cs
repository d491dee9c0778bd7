using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Dom.Core.Rpc;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>A TLS server that answers each HTTP/1.1 request with the same bytes, so that a test can be a server no role of ours is.</summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <param name="credentials">Of the server.</param>
    /// <param name="answer">What it sends.</param>
    /// <param name="staySilent">Keeps the connection open after the answer.</param>
    public RawServer(RpcCredentials credentials, byte[] answer, bool staySilent)
    {
        _listener.Start();
        _serving = ServeAsync(credentials, answer, staySilent);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A response with this body in one chunk; <paramref name="end"/> is false to break off before the end of the body.</summary>
    public static byte[] Response(byte[] body, bool end = true, string head = "200 OK\r\nContent-Type: application/msgpack") =>
    [
        .. Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"), .. body,
        .. end ? "\r\n0\r\n\r\n"u8 : "\r\n"u8,
    ];

    public async ValueTask DisposeAsync()
    {
        // The loop ends before the listener does: accepting on a stopped listener is another error than a cancelled accept.
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(RpcCredentials credentials, byte[] answer, bool staySilent)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var tls = new SslStream(connection.GetStream());
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificateContext = credentials.Current.Context }, _stop.Token);
                var buffer = new byte[64 * 1024];
                _ = await tls.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, _stop.Token);
                await tls.WriteAsync(answer, _stop.Token);
                if (staySilent)
                {
                    _ = await tls.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            TestContext.Out.WriteLine($"the raw server ended: {e.Message}");
        }
    }
}
