using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Tests.Core.Images;

public sealed class ObjectFeedTests
{
    private static readonly byte[][] Contents = [.. Enumerable.Range(1, 5).Select(Make)];
    private static readonly ObjectReference[] References = [.. Contents.Select(c => new ObjectReference(ObjectId.Of(c), c.Length))];

    [Test, CancelAfter(60_000)]
    public async Task A_connection_that_breaks_again_and_again_costs_nothing_that_arrived(CancellationToken token)
    {
        var chunks = 0;
        long sent = 0;
        var server = Server(chunk =>
        {
            if (++chunks % 3 == 0)
            {
                throw new RpcException(RpcStatus.Unavailable, "cut", RpcErrorCode.Unreachable, retryable: true);
            }

            sent += chunk.Data.Length;
            return chunk;
        });
        var feed = new ObjectFeed(new ImageSource("server", server), TimeProvider.System);
        using var output = new MemoryStream();
        await foreach (var data in feed.ReadAsync(References, token))
        {
            output.Write(data.Span);
        }

        Assert.That(output.ToArray(), Is.EqualTo(Contents.SelectMany(c => c)));
        Assert.That(sent, Is.EqualTo(output.Length));
    }

    [Test, CancelAfter(60_000)]
    public void Other_bytes_than_asked_for_are_not_passed_on_as_the_end_of_an_object()
    {
        var server = Server(chunk =>
        {
            var spoiled = chunk.Data.ToArray();
            spoiled[^1] ^= 1;
            return chunk with { Data = spoiled };
        });
        long received = 0;
        Assert.That(
            async () =>
            {
                await foreach (var data in new ObjectFeed(new ImageSource("server", server), TimeProvider.System).ReadAsync(References, default))
                {
                    received += data.Length;
                }
            },
            Throws.TypeOf<CorruptObjectException>());
        Assert.That(received, Is.LessThan(References[0].Size));
    }

    [Test, CancelAfter(60_000)]
    public void A_server_that_never_delivers_is_given_up() => Assert.That(
        async () =>
        {
            var server = Server(_ => throw new RpcException(RpcStatus.Unavailable, "cut", RpcErrorCode.Unreachable, retryable: true));
            await new ObjectFeed(new ImageSource("server", server), TimeProvider.System).CopyAsync(References[0], Stream.Null, default);
        },
        Throws.TypeOf<RpcException>());

    private static byte[] Make(int seed)
    {
        var content = new byte[300_000 * seed];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static RpcLoopback Server(Func<ObjectChunk, ObjectChunk> answer)
    {
        var router = new RpcRouter();
        router.MapServerStream(ObjectServerMethods.GetObjects, (request, _, token) => AnswerAsync(request, answer, token));
        return new RpcLoopback(router, new RpcCaller("sub", [], ["ObjectServer.GetObjects"]));
    }

    private static async IAsyncEnumerable<ObjectChunk> AnswerAsync(
        GetObjectsRequest request, Func<ObjectChunk, ObjectChunk> answer, [EnumeratorCancellation] CancellationToken token)
    {
        await Task.CompletedTask;
        var offset = request.Offset;
        foreach (var id in request.Ids)
        {
            var content = Contents.Single(c => ObjectId.Of(c) == id);
            for (; offset < content.Length; offset += ObjectChunk.MaxBytes)
            {
                token.ThrowIfCancellationRequested();
                var length = (int)Math.Min(ObjectChunk.MaxBytes, content.Length - offset);
                yield return answer(new ObjectChunk { Id = id, Size = content.Length, Offset = offset, Data = content.AsMemory((int)offset, length) });
            }

            offset = 0;
        }
    }
}
