using Dom.Core.Rpc;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Core.Rpc;

/// <summary>What is tried again and what is not.</summary>
[CancelAfter(60_000)]
public sealed class RpcRetryTests
{
    [Test]
    public async Task A_repeatable_call_is_tried_again_until_it_succeeds(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        host.Service.Failures = 3;
        var response = await host.Client("Test.*").CallAsync(TestMethods.Repeat, new EchoRequest { Text = "again" }, cancellationToken);
        Assert.That((response.Text, host.Service.Calls), Is.EqualTo(("again", 4)));
    }

    [Test]
    public async Task A_repeatable_call_is_given_up_after_the_last_try(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        host.Service.Failures = 100;
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*").CallAsync(TestMethods.Repeat, new EchoRequest { Text = "again" }, cancellationToken));
        Assert.That((error?.Status, host.Service.Calls), Is.EqualTo(((RpcStatus?)RpcStatus.Unavailable, 5)));
    }

    [Test]
    public async Task A_call_that_is_not_repeatable_is_made_once(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        host.Service.Failures = 1;
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*").CallAsync(TestMethods.Change, new EchoRequest { Text = "once" }, cancellationToken));
        Assert.That((error?.Retryable, host.Service.Calls), Is.EqualTo(((bool?)true, 1)));
    }

    [Test]
    public async Task An_address_where_nobody_listens_is_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var nowhere = new RpcEndpoint { Host = "127.0.0.1", Port = 1, Role = "test" };
        var client = host.ClientWith(host.Pki.User("bob", "*.*"), new RpcClientOptions { Retries = 0 }, nowhere);
        var error = Assert.ThrowsAsync<RpcException>(() => client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "x" }, cancellationToken));
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Unavailable).And.Property("Retryable").True.And.Message.Contains("127.0.0.1:1"));
    }

    [Test]
    public async Task A_deadline_travels_to_the_server(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*")
            .CallAsync(TestMethods.Brief, new EchoRequest { Text = "x", Delay = TimeSpan.FromMinutes(1) }, cancellationToken));
        Assert.That(error?.Status, Is.EqualTo(RpcStatus.DeadlineExceeded));
        await host.Service.Cancelled.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_deadline_in_the_header_is_the_callers_own(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("raw", "Test.*").Current.Certificate, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Echo", """{"text":"x","delay":"00:01:00"}"""u8.ToArray(), cancellationToken, RpcProtocol.JsonType, "rpc-timeout: 100\r\n");
        Assert.That(response.Status, Is.EqualTo(504));
        await host.Service.Cancelled.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_cancelled_stream_reaches_the_server(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await foreach (var response in host.Client("Test.*").StreamAsync(
            TestMethods.Count, new EchoRequest { Text = "x", Count = 100_000, Delay = TimeSpan.FromMilliseconds(5) }, cancellationToken))
        {
            if (response.Number == 3)
            {
                break;
            }
        }

        await host.Service.Cancelled.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_server_that_stops_tells_running_calls_and_the_next_one_finds_a_new_server(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var client = host.Client("Test.*");
        await client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "warm" }, cancellationToken);
        var call = client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "x", Delay = TimeSpan.FromSeconds(15) }, cancellationToken);
        await host.Host.DisposeAsync();
        var error = Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.That((error?.Status, error?.Retryable), Is.EqualTo(((RpcStatus?)RpcStatus.Unavailable, (bool?)true)));
    }
}
