using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Images;

/// <summary>Servers that answer wrongly.</summary>
public sealed class ImageDownloaderTests
{
    private static readonly byte[] Content = MakeContent();

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_answers_a_resumed_transfer_wrongly_is_given_up_soon(CancellationToken token)
    {
        using var directory = new TempDirectory();
        await using var store = await StoreWithBeginningAsync(directory, Content, token);
        var calls = 0;
        var liar = Server((request, offset) =>
        {
            calls++;
            return new ObjectChunk { Id = request.Ids[0], Size = 5, Offset = offset, Data = new byte[5] };
        });
        var downloader = new ImageDownloader([new ImageSource("liar", liar)]);
        Assert.That(
            async () => await downloader.FetchObjectsAsync([new ObjectReference(ObjectId.Of(Content), Content.Length)], store, token),
            Throws.TypeOf<ImageFetchException>());
        Assert.That(calls, Is.EqualTo(2), "once from the offset, once from the start");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_beginning_that_rotted_here_is_fetched_again(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var rotten = Content.ToArray();
        rotten[1000] ^= 1;
        await using var store = await StoreWithBeginningAsync(directory, rotten, token);
        var server = Server((request, offset) => new ObjectChunk
        {
            Id = request.Ids[0],
            Size = Content.Length,
            Offset = offset,
            Data = Content.AsMemory((int)offset, (int)Math.Min(ObjectChunk.MaxBytes, Content.Length - offset)),
        });
        await new ImageDownloader([new ImageSource("server", server)])
            .FetchObjectsAsync([new ObjectReference(ObjectId.Of(Content), Content.Length)], store, token);
        Assert.That(store.ReadAll(ObjectId.Of(Content), 1 << 23), Is.EqualTo(Content));
    }

    private static async Task<FileObjectStore> StoreWithBeginningAsync(TempDirectory directory, byte[] content, CancellationToken token)
    {
        var store = FileObjectStore.Open(directory.Path, default);
        using var writer = await store.OpenWriteAsync(ObjectId.Of(Content), Content.Length, 0, token);
        await writer.WriteAsync(content.AsMemory(0, 400_000), token);
        return store;
    }

    private static RpcLoopback Server(Func<GetObjectsRequest, long, ObjectChunk> answer)
    {
        var router = new RpcRouter();
        router.MapServerStream(ObjectServerMethods.GetObjects, (request, _, token) => AnswerAsync(request, answer, token));
        return new RpcLoopback(router, new RpcCaller("sub", [], ["*.*"]));
    }

    private static async IAsyncEnumerable<ObjectChunk> AnswerAsync(
        GetObjectsRequest request, Func<GetObjectsRequest, long, ObjectChunk> answer, [EnumeratorCancellation] CancellationToken token)
    {
        for (var offset = request.Offset; offset < Content.Length;)
        {
            token.ThrowIfCancellationRequested();
            await Task.Yield();
            var chunk = answer(request, offset);
            yield return chunk;
            offset += chunk.Data.Length;
            if (chunk.Size != Content.Length)
            {
                yield break;
            }
        }
    }

    private static byte[] MakeContent()
    {
        var content = new byte[1_000_000];
        new Random(9).NextBytes(content);
        return content;
    }
}
