using System.Runtime.CompilerServices;
using Dom.Core.Rpc;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>Handlers of <see cref="TestMethods"/>, with hooks for what a test wants to see.</summary>
public sealed class TestService
{
    private int _calls;

    /// <summary>Calls of <see cref="TestMethods.Repeat"/> and <see cref="TestMethods.Change"/> so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How many first calls fail as unavailable.</summary>
    public int Failures { get; set; }

    /// <summary>Completes when a handler saw its token cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RpcRouter Router()
    {
        var router = new RpcRouter();
        router.Map(TestMethods.Echo, EchoAsync);
        router.Map(TestMethods.Open, EchoAsync);
        router.Map(TestMethods.Brief, EchoAsync);
        router.Map(TestMethods.Dangerous, EchoAsync);
        router.Map(TestMethods.Repeat, FailFirst);
        router.Map(TestMethods.Change, (request, call, token) =>
        {
            call.SetAudit(request.Text, "because");
            return FailFirst(request, call, token);
        });
        router.MapServerStream(TestMethods.Count, CountAsync);
        router.MapServerStream(TestMethods.Download, DownloadAsync);
        router.MapClientStream(TestMethods.Upload, UploadAsync);
        router.MapDuplex(TestMethods.Chat, ChatAsync);
        return router;
    }

    private async ValueTask<EchoResponse> EchoAsync(EchoRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (request.Text == "boom")
        {
            throw new InvalidOperationException("the boiler burst");
        }

        if (request.Text.StartsWith("conflict", StringComparison.Ordinal))
        {
            throw new RpcException(RpcStatus.Conflict, "the plan is another one", "PlanChanged");
        }

        await WaitAsync(request.Delay, cancellationToken);
        return new EchoResponse { Text = request.Text, User = call.Caller.User };
    }

    private ValueTask<EchoResponse> FailFirst(EchoRequest request, RpcCall call, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _calls) <= Failures
            ? throw new RpcException(RpcStatus.Unavailable, "not yet")
            : ValueTask.FromResult(new EchoResponse { Text = request.Text, User = call.Caller.User, Number = Calls });

    private async IAsyncEnumerable<EchoResponse> CountAsync(
        EchoRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < request.Count; i++)
        {
            await WaitAsync(request.Delay, cancellationToken);
            yield return new EchoResponse { Text = request.Text, Number = i };
        }

        if (request.Text == "fail at end")
        {
            throw new RpcException(RpcStatus.NotFound, "nothing more to count", "CountedOut");
        }
    }

    private static async IAsyncEnumerable<DataChunk> DownloadAsync(
        EchoRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var data = new byte[1 << 20];
        for (var i = 0; i < request.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            data.AsSpan().Fill((byte)i);
            yield return new DataChunk { Offset = (long)i << 20, Data = data };
            await Task.CompletedTask;
        }
    }

    private static async ValueTask<EchoResponse> UploadAsync(IAsyncEnumerable<DataChunk> chunks, RpcCall call, CancellationToken cancellationToken)
    {
        var total = 0L;
        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            if (chunk.Data.Span.IndexOfAnyExcept((byte)(chunk.Offset >> 20)) >= 0)
            {
                throw new RpcException(RpcStatus.InvalidArgument, $"the chunk at {chunk.Offset} is damaged");
            }

            total += chunk.Data.Length;
        }

        return new EchoResponse { Text = total.ToString(System.Globalization.CultureInfo.InvariantCulture) };
    }

    private static async IAsyncEnumerable<EchoResponse> ChatAsync(
        IAsyncEnumerable<EchoRequest> requests, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            yield return new EchoResponse { Text = request.Text.ToUpperInvariant(), User = call.Caller.User };
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await Task.Delay(delay, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }
}
