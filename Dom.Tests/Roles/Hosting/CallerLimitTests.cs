using System.Text;
using Dom.Core.Contracts.Logger;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Dom.Tests.Core.Rpc.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Hosting;

/// <summary>What one holder of a certificate can take of a port, and that others go on.</summary>
[CancelAfter(60_000)]
public sealed class CallerLimitTests
{
    private static readonly byte[] Echo = MessagePackSerializer.Serialize(new EchoRequest { Text = "x" });

    [Test]
    public async Task One_connection_too_many_is_told_so_and_others_get_in(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { ConnectionsPerCaller = 2 });
        var certificate = host.Pki.User("mallory").Current.Certificate;
        await using var first = await RawConnection.TlsAsync(host.Port, certificate, cancellationToken);
        Assert.That((await first.PostAsync("/rpc/Test.Open", Echo, cancellationToken)).Status, Is.EqualTo(200));
        await using (var second = await RawConnection.TlsAsync(host.Port, certificate, cancellationToken))
        {
            Assert.That((await second.PostAsync("/rpc/Test.Open", Echo, cancellationToken)).Status, Is.EqualTo(200));
            await using var third = await RawConnection.TlsAsync(host.Port, certificate, cancellationToken);
            var refused = await third.PostAsync("/rpc/Test.Open", Echo, cancellationToken);
            Assert.That(refused.Status, Is.EqualTo(429));
            Assert.That(refused.Text, Does.Contain(RpcErrorCode.CallerLimit).And.Contain("mallory has 2 connections at 127.0.0.1 already"));
            Assert.That(host.Host.UnauthenticatedConnections, Is.EqualTo(1), "it is bounded as a stranger's");
            await using var other = await RawConnection.TlsAsync(host.Port, host.Pki.User("alice").Current.Certificate, cancellationToken);
            Assert.That((await other.PostAsync("/rpc/Test.Open", Echo, cancellationToken)).Status, Is.EqualTo(200));
        }

        int status;
        do
        {
            // The server hears a moment later that the second has closed.
            await using var next = await RawConnection.TlsAsync(host.Port, certificate, cancellationToken);
            status = (await next.PostAsync("/rpc/Test.Open", Echo, cancellationToken)).Status;
        }
        while (status != 200);
    }

    [Test]
    public async Task One_call_too_many_is_refused_and_so_is_a_page(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { CallsPerCaller = 2 });
        var mallory = host.ClientWith(host.Pki.User("mallory", "Test.*"));
        var request = new EchoRequest { Text = "x", Count = int.MaxValue, Delay = TimeSpan.FromMinutes(5) };
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calls = new List<Task>();
        for (var i = 0; i < 2; i++)
        {
            calls.Add(mallory.StreamAsync(TestMethods.Count, request, end.Token).GetAsyncEnumerator(end.Token).MoveNextAsync().AsTask());
        }

        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("mallory").Current.Certificate, cancellationToken);
        RawResponse page;
        while ((page = await raw.GetAsync("/healthz", cancellationToken)).Status == 200)
        {
            // Both calls are under way in a moment.
        }

        Assert.That((page.Status, page.Text), Is.EqualTo((429, "mallory has 2 calls and pages under way at 127.0.0.1 already, and more are not served to one user at one address.\n")));
        Assert.That(
            () => mallory.CallAsync(TestMethods.Open, new EchoRequest { Text = "x" }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(RpcErrorCode.CallerLimit));
        await host.Client("Test.*").CallAsync(TestMethods.Open, new EchoRequest { Text = "x" }, cancellationToken);
        await end.CancelAsync();
        foreach (var call in calls)
        {
            Assert.That(() => call, Throws.InstanceOf<OperationCanceledException>());
        }

        while ((await raw.GetAsync("/healthz", cancellationToken)).Status != 200)
        {
            // The places come back when the server hears that the calls have ended.
        }
    }

    [Test]
    public async Task Requests_in_memory_are_bounded_and_given_back(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(limits => limits with { RequestBytesPerCaller = 64 << 10 });
        var client = host.ClientWith(host.Pki.User("mallory", "Test.*"), new RpcClientOptions { Retries = 0 });
        for (var i = 0; i < 3; i++)
        {
            Assert.That(
                () => client.CallAsync(TestMethods.Repeat, new EchoRequest { Text = new string('x', 100_000) }, cancellationToken),
                Throws.TypeOf<RpcException>().With.Message.Contains("mallory has requests of 65536 bytes in memory at 127.0.0.1"));
            await client.CallAsync(TestMethods.Repeat, new EchoRequest { Text = new string('x', 50_000) }, cancellationToken);
            Assert.That(
                () => client.UploadAsync(TestMethods.Upload, new[] { new DataChunk { Data = new byte[100_000] } }.ToAsyncEnumerable(), cancellationToken),
                Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(RpcErrorCode.CallerLimit));
        }
    }

    [Test]
    public async Task The_body_of_a_call_that_is_not_granted_is_not_waited_for(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(static limits => limits);
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("mallory").Current.Certificate, cancellationToken);
        await raw.Stream.WriteAsync(Encoding.ASCII.GetBytes("POST /rpc/Test.Repeat HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"), cancellationToken);
        Assert.That((await raw.ReadAsync(cancellationToken)).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task Requests_and_messages_of_the_log_are_small(CancellationToken cancellationToken)
    {
        using var logging = RoleLogging.For(NullLoggerFactory.Instance, TimeProvider.System);
        await using var host = await TestHost.StartAsync((options, _) => options with { Logging = logging });
        var logger = logging.CreateLogger("test");
        for (var i = 0; i < 200; i++)
        {
            logger.Log(LogLevel.Information, 0, new string('x', 4000), null, static (text, _) => text);
        }

        var client = host.ClientWith(host.Pki.User("mallory"));
        var lines = 0;
        await foreach (var part in client.StreamAsync(LoggerMethods.GetLines, new LogQuery { Category = "test" }, cancellationToken))
        {
            Assert.That(part.Lines.Sum(l => l.Message.Length), Is.LessThanOrEqualTo(20_000), "one that is not read is all that waits for a reader");
            lines += part.Lines.Count;
        }

        Assert.That(lines, Is.EqualTo(200));
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("mallory").Current.Certificate, cancellationToken);
        await raw.Stream.WriteAsync(Encoding.ASCII.GetBytes("POST /rpc/Logger.GetLines HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"), cancellationToken);
        Assert.That((await raw.ReadAsync(cancellationToken)).Text, Does.Contain(RpcErrorCode.TooLarge));
    }

    private static Task<TestHost> StartAsync(Func<RoleHostLimits, RoleHostLimits> change) =>
        TestHost.StartAsync((options, _) => options with { Limits = change(options.Limits) });
}
