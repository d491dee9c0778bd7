using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dom.Core.Rpc;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Roles.Hosting;

/// <summary>A handler learns within a second that its caller has given up or is gone, wherever it stands.</summary>
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CancellationTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(40)]
    public async Task A_bulk_stream_that_its_reader_gives_up_is_cancelled_at_the_server(int chunks, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(chunks);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(host.Client("Test.*"), chunks, caller.Token);
        await _reached.Task.WaitAsync(cancellationToken);
        await ExpectSoonAsync(async () =>
        {
            await caller.CancelAsync();
            Assert.That(async () => await reading, Throws.InstanceOf<OperationCanceledException>());
        });
    }

    [Test]
    public async Task A_bulk_stream_is_cancelled_when_the_client_is_disposed([Values(0, 1)] int chunks, CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(chunks);
        var client = host.Client("Test.*");
        var reading = ReadAsync(client, chunks, cancellationToken);
        await _reached.Task.WaitAsync(cancellationToken);
        await ExpectSoonAsync(async () =>
        {
            await client.DisposeAsync();
            Assert.That(async () => await reading, Throws.TypeOf<RpcException>());
        });
    }

    [Test]
    public async Task A_bulk_stream_whose_reader_stops_without_a_word_is_cancelled(CancellationToken cancellationToken)
    {
        await using var host = await StartAsync(1);
        var responses = host.Client("Test.*").StreamAsync(TestMethods.Download, new EchoRequest { Text = "x", Count = 1 }, cancellationToken);
        await using (var reader = responses.GetAsyncEnumerator(cancellationToken))
        {
            Assert.That(await reader.MoveNextAsync(), Is.True);
            await _reached.Task.WaitAsync(cancellationToken);
        }

        await _seen.Task.WaitAsync(Soon, cancellationToken);
    }

    private async Task<TestHost> StartAsync(int chunks)
    {
        var router = new RpcRouter();
        router.MapServerStream(TestMethods.Download, (_, _, token) => SendAsync(chunks, token));
        return await TestHost.StartAsync((options, _) => options with { Router = router });
    }

    private async Task ExpectSoonAsync(Func<Task> giveUp)
    {
        var started = Stopwatch.GetTimestamp();
        await giveUp();
        await _seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(Soon));
    }

    private async IAsyncEnumerable<DataChunk> SendAsync(int chunks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < chunks; i++)
        {
            yield return new DataChunk { Data = new byte[100_000] };
        }

        _reached.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            _seen.TrySetResult();
        }
    }

    private static async Task ReadAsync(RpcClient client, int chunks, CancellationToken cancellationToken)
    {
        await foreach (var chunk in client.StreamAsync(TestMethods.Download, new EchoRequest { Text = "x", Count = chunks }, cancellationToken))
        {
            Assert.That(chunk.Data.Length, Is.EqualTo(100_000));
        }
    }
}
