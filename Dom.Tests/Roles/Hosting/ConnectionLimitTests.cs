using Dom.Roles.Hosting;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Roles.Hosting;

/// <summary>What strangers get from a port.</summary>
[CancelAfter(60_000)]
public sealed class ConnectionLimitTests
{
    [Test]
    public async Task A_silent_connection_is_closed_after_the_time_for_the_first_byte(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { FirstByte = TimeSpan.FromMilliseconds(200) });
        await using var silent = await RawConnection.PlainAsync(host.Port, cancellationToken);
        await silent.WhenClosedAsync(cancellationToken);
        Assert.That(await MetricsAsync(host, cancellationToken), Does.Contain("dom_connections_dropped_total{reason=\"silent\"} 1"));
    }

    [Test]
    public async Task A_tls_hello_that_never_ends_is_closed(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { Handshake = TimeSpan.FromMilliseconds(200) });
        await using var slow = await RawConnection.PlainAsync(host.Port, cancellationToken);
        await slow.Stream.WriteAsync(new byte[] { 0x16, 0x03 }, cancellationToken);
        await slow.WhenClosedAsync(cancellationToken);
    }

    [Test]
    public async Task A_request_whose_head_never_ends_is_closed(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { RequestHead = TimeSpan.FromMilliseconds(200) });
        await using var slow = await RawConnection.PlainAsync(host.Port, cancellationToken);
        await slow.Stream.WriteAsync("GET / HTTP/1.1\r\nHost: "u8.ToArray(), cancellationToken);
        await slow.WhenClosedAsync(cancellationToken);
    }

    [Test]
    public async Task Beyond_the_limit_the_oldest_stranger_goes_and_holders_of_certificates_are_not_counted(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { StrangersPerAddress = 4, FirstByte = TimeSpan.FromSeconds(30) });
        var held = new List<RawConnection>();
        var certificate = host.Pki.User("bob", "Test.*").Current.Certificate;
        try
        {
            // Twice the limit with certificates: each leaves the count once it has shown its own.
            for (var i = 0; i < 8; i++)
            {
                held.Add(await RawConnection.TlsAsync(host.Port, certificate, cancellationToken));
                Assert.That((await held[^1].PostAsync("/rpc/Test.Echo", new byte[] { 0x80 }, cancellationToken)).Status, Is.EqualTo(400));
            }

            for (var i = 0; i < 4; i++)
            {
                held.Add(await RawConnection.PlainAsync(host.Port, cancellationToken));
                Assert.That((await held[^1].GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200));
            }

            await using var newest = await RawConnection.PlainAsync(host.Port, cancellationToken);
            Assert.That((await newest.GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200));
            await held[8].WhenClosedAsync(cancellationToken);
            Assert.That((await held[9].GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200), "the others stay");
            Assert.That((await held[0].PostAsync("/rpc/Test.Echo", new byte[] { 0x80 }, cancellationToken)).Status, Is.EqualTo(400));
        }
        finally
        {
            foreach (var connection in held)
            {
                await connection.DisposeAsync();
            }
        }
    }

    [Test]
    public async Task A_stranger_may_stay_shortly_while_many_are_there(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { Strangers = 2, LifetimeUnderPressure = TimeSpan.FromMilliseconds(300) });
        await using var first = await RawConnection.PlainAsync(host.Port, cancellationToken);
        Assert.That((await first.GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200));
        await using var second = await RawConnection.PlainAsync(host.Port, cancellationToken);
        Assert.That((await second.GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200));
        await first.WhenClosedAsync(cancellationToken);
    }

    [Test]
    public async Task A_stranger_may_not_stay_for_ever(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { UnauthenticatedLifetime = TimeSpan.FromMilliseconds(300), LifetimeUnderPressure = TimeSpan.FromMilliseconds(300) });
        await using var stranger = await RawConnection.TlsAsync(host.Port, certificate: null, cancellationToken);
        Assert.That((await stranger.GetAsync("/healthz", cancellationToken)).Status, Is.EqualTo(200));
        await stranger.WhenClosedAsync(cancellationToken);
    }

    private static Task<TestHost> StartAsync(Func<RoleHostLimits, RoleHostLimits> change) =>
        TestHost.StartAsync((options, _) => options with { Limits = change(options.Limits) });

    private static async Task<string> MetricsAsync(TestHost host, CancellationToken cancellationToken)
    {
        await using var connection = await RawConnection.PlainAsync(host.Port, cancellationToken);
        return (await connection.GetAsync("/metrics", cancellationToken)).Text;
    }
}
