using Dom.Core.Rpc;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Core.Rpc;

/// <summary>Rules of calls that do not depend on the network.</summary>
[CancelAfter(30_000)]
public sealed class RpcLoopbackTests
{
    private static readonly RpcCaller Anybody = new("tester", [], ["Test.*"]);

    [Test]
    public async Task Every_shape_works_within_a_process(CancellationToken cancellationToken)
    {
        await using var channel = new RpcLoopback(new TestService().Router(), Anybody);
        var echo = await channel.CallAsync(TestMethods.Echo, new EchoRequest { Text = "a" }, cancellationToken);
        var counted = await channel.StreamAsync(TestMethods.Count, new EchoRequest { Text = "b", Count = 100 }, cancellationToken).ToListAsync(cancellationToken);
        var uploaded = await channel.UploadAsync(TestMethods.Upload, Chunks(3), cancellationToken);
        var chatted = await channel.DuplexAsync(TestMethods.Chat, Requests("x", "y"), cancellationToken).ToListAsync(cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(echo, Is.EqualTo(new EchoResponse { Text = "a", User = "tester" }));
            Assert.That(counted.Select(response => response.Number), Is.EqualTo(Enumerable.Range(0, 100)));
            Assert.That(uploaded.Text, Is.EqualTo("3000"));
            Assert.That(chatted.Select(response => response.Text), Is.EqualTo((string[])["X", "Y"]));
        });
    }

    [Test]
    public async Task An_error_travels_as_a_value(CancellationToken cancellationToken)
    {
        await using var channel = new RpcLoopback(new TestService().Router(), Anybody);
        var error = Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(TestMethods.Echo, new EchoRequest { Text = "conflict" }, cancellationToken));
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Conflict).And.Property("Code").EqualTo("PlanChanged")
            .And.Message.EqualTo("the plan is another one").And.Property("Retryable").False);
    }

    [Test]
    public async Task The_right_to_call_is_checked_within_a_process_too(CancellationToken cancellationToken)
    {
        await using var channel = new RpcLoopback(new TestService().Router(), new RpcCaller("nobody", [], []));
        var error = Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(TestMethods.Echo, new EchoRequest { Text = "a" }, cancellationToken));
        Assert.That(error?.Status, Is.EqualTo(RpcStatus.PermissionDenied));
        Assert.That((await channel.CallAsync(TestMethods.Open, new EchoRequest { Text = "a" }, cancellationToken)).User, Is.EqualTo("nobody"));
    }

    [Test]
    public async Task A_deadline_cancels_the_handler_and_names_the_time(CancellationToken cancellationToken)
    {
        var service = new TestService();
        await using var channel = new RpcLoopback(service.Router(), Anybody);
        var error = Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(TestMethods.Brief, new EchoRequest { Text = "a", Delay = TimeSpan.FromMinutes(1) }, cancellationToken));
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.DeadlineExceeded).And.Message.Contains("Test.Brief").And.Message.Contains("0.2 s"));
        await service.Cancelled.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task Cancelling_a_call_reaches_the_handler(CancellationToken cancellationToken)
    {
        var service = new TestService();
        await using var channel = new RpcLoopback(service.Router(), Anybody);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = channel.CallAsync(TestMethods.Echo, new EchoRequest { Text = "a", Delay = TimeSpan.FromMinutes(1) }, cancel.Token);
        await cancel.CancelAsync();
        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Leaving_a_stream_early_ends_its_handler(CancellationToken cancellationToken)
    {
        var service = new TestService();
        await using var channel = new RpcLoopback(service.Router(), Anybody);
        await foreach (var response in channel.StreamAsync(
            TestMethods.Count, new EchoRequest { Text = "a", Count = 1000, Delay = TimeSpan.FromMilliseconds(20) }, cancellationToken))
        {
            break;
        }

        await service.Cancelled.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_producer_that_fails_fails_the_upload_with_its_reason(CancellationToken cancellationToken)
    {
        await using var channel = new RpcLoopback(new TestService().Router(), Anybody);
        var error = Assert.ThrowsAsync<RpcException>(() => channel.UploadAsync(TestMethods.Upload, Failing(), cancellationToken));
        Assert.That(error?.InnerException?.Message, Is.EqualTo("the disk is gone"));
    }

    [Test]
    public void A_router_refuses_a_method_that_is_mapped_twice()
    {
        var router = new TestService().Router();
        Assert.That(() => router.Map(TestMethods.Echo, (_, _, _) => throw new NotSupportedException()), Throws.InvalidOperationException);
    }

    [Test]
    public void A_method_is_called_in_its_own_shape_only()
    {
        Assert.That(
            async () =>
            {
                await using var channel = new RpcLoopback(new TestService().Router(), Anybody);
                await channel.CallAsync(TestMethods.Count, new EchoRequest { Text = "a" }, CancellationToken.None);
            },
            Throws.ArgumentException);
    }

    private static async IAsyncEnumerable<DataChunk> Chunks(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return new DataChunk { Data = new byte[1000] };
            await Task.Yield();
        }
    }

    private static async IAsyncEnumerable<DataChunk> Failing()
    {
        yield return new DataChunk { Data = new byte[10] };
        await Task.Yield();
        throw new IOException("the disk is gone");
    }

    private static async IAsyncEnumerable<EchoRequest> Requests(params string[] texts)
    {
        foreach (var text in texts)
        {
            yield return new EchoRequest { Text = text };
            await Task.Yield();
        }
    }
}
