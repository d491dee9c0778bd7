using System.Net.Sockets;
using System.Security.Authentication;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Roles.Hosting;

/// <summary>Strangers who take every place again and again do not keep out who has a certificate, not even from the same address.</summary>
[CancelAfter(180_000)]
public sealed class FloodTests
{
    private static readonly byte[] PartOfHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01];

    [TestCase("silent", 40)]
    [TestCase("parts of hellos", 300)]
    [TestCase("pages", 300)]
    public async Task An_honest_client_gets_in_while_strangers_flood_the_port(string kind, int connections, CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        byte[] sent = kind switch
        {
            "silent" => [],
            "pages" => "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
            _ => PartOfHello,
        };
        var flood = Enumerable.Range(0, connections).Select(_ => Task.Run(() => FloodAsync(host.Port, sent, end.Token), CancellationToken.None)).ToList();
        try
        {
            await WhenFullAsync(host, connections, cancellationToken);
            var certificate = host.Pki.User("bob", "Test.*").Current.Certificate;
            for (var i = 0; i < 5; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                while (!await TryCallAsync(host.Port, certificate, cancellationToken))
                {
                    Assert.That(TimeProvider.System.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(30)), "an honest client was kept out");
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(flood);
        }
    }

    /// <summary>Waits until the flood has every place it can have.</summary>
    private static async Task WhenFullAsync(TestHost host, int connections, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (host.Host.UnauthenticatedConnections < Math.Min(connections, 32))
        {
            await look.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task<bool> TryCallAsync(
        int port, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        try
        {
            await using var honest = await RawConnection.TlsAsync(port, certificate, cancellationToken);
            return (await honest.PostAsync("/rpc/Test.Echo", new byte[] { 0x80 }, cancellationToken)).Status == 400;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task FloodAsync(int port, byte[] sent, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var stranger = await RawConnection.PlainAsync(port, cancellationToken);
                await stranger.Stream.WriteAsync(sent, cancellationToken);
                while (await stranger.Stream.ReadAsync(buffer, cancellationToken) > 0)
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Dropped, as it should be: it comes again at once.
                continue;
            }
        }
    }
}
