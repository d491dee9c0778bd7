using Dom.Core.Objects;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Objects;

public sealed class VerifyingObjectStoreTests
{
    [Test, CancelAfter(30_000)]
    public async Task A_good_object_is_read_whole_and_from_any_offset(CancellationToken token)
    {
        using var directory = new TempDirectory();
        await using var files = FileObjectStore.Open(directory.Path, default);
        var store = new VerifyingObjectStore(files);
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        await store.AddAsync(ObjectId.Of(content), content, token);
        foreach (var offset in new[] { 0, 1, 131_072, 299_999, 300_000 })
        {
            using var reader = await store.OpenReadAsync(ObjectId.Of(content), offset, token);
            var bytes = new byte[content.Length];
            var read = await reader.FillAsync(bytes, token);
            Assert.That(bytes.AsSpan(0, read).SequenceEqual(content.AsSpan(offset)), Is.True);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task The_end_of_a_corrupt_object_is_never_handed_out(CancellationToken token)
    {
        using var directory = new TempDirectory();
        await using var files = FileObjectStore.Open(directory.Path, default);
        var store = new VerifyingObjectStore(files);
        var random = new Random(2);
        for (var round = 0; round < 40; round++)
        {
            var content = new byte[random.Next(1, 300_000)];
            random.NextBytes(content);
            var id = ObjectId.Of(content);
            await store.AddAsync(id, content, token);
            await store.SyncAsync(token);
            var path = directory.Combine(id.ToString()[..2], id.ToString()[2..]);
            var spoiled = Spoil(content, random);
            await File.WriteAllBytesAsync(path, spoiled, token);

            long received = 0;
            Assert.That(
                async () =>
                {
                    using var reader = await store.OpenReadAsync(id, random.Next(content.Length), token);
                    var buffer = new byte[100_000];
                    while (await reader.ReadAsync(buffer, token) is var read and > 0)
                    {
                        received += read;
                    }
                },
                Throws.TypeOf<CorruptObjectException>(),
                $"round {round}");
            Assert.That(received, Is.LessThan(Math.Max(1, spoiled.Length)));
        }
    }

    private static byte[] Spoil(byte[] content, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                return content[..random.Next(content.Length)];
            case 1:
                return [.. content, 0];
            default:
                var copy = content.ToArray();
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
        }
    }
}
