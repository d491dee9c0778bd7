using Dom.Core.Archives;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Archives;

public sealed class TarWriterTests
{
    [Test, CancelAfter(30_000)]
    public async Task Times_before_1970_and_far_away_come_back_exactly(CancellationToken token)
    {
        foreach (var (seconds, nanoseconds) in new (long, uint)[] { (0, 0), (-1, 0), (-1, 750_000_000), (-2, 1), (1, 999_999_999), (1L << 40, 5), (-(1L << 40), 0) })
        {
            var maker = await new TarMaker().AddAsync("f", new Inode { Kind = InodeKind.Fifo, MtimeSeconds = seconds, MtimeNanoseconds = nanoseconds });
            var entry = await new TarReader(new MemoryStream(await maker.FinishAsync())).ReadNextAsync(token);
            Assert.That((entry?.Inode.MtimeSeconds, entry?.Inode.MtimeNanoseconds), Is.EqualTo((seconds, nanoseconds)));
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Records_of_every_length_count_their_own_digits(CancellationToken token)
    {
        for (var length = 101; length < 1100; length += 1)
        {
            var name = string.Concat(Enumerable.Repeat("d/", length / 2)) + new string('x', length % 2);
            var entry = await new TarReader(new MemoryStream(await (await new TarMaker().AddDirectoryAsync(name)).FinishAsync())).ReadNextAsync(token);
            Assert.That(entry?.Name.ToString(), Is.EqualTo(name.EndsWith('/') ? name : name + "/"));
        }
    }

    [Test]
    public void A_file_of_another_size_than_its_header_says_is_a_fault()
    {
        var writer = new TarWriter(new MemoryStream());
        Assert.That(
            async () =>
            {
                await writer.WriteHeaderAsync(UnixPath.Of("f"), TarMaker.File("12345"), default, default);
                await writer.WriteContentAsync("123456"u8.ToArray(), default);
            },
            Throws.InvalidOperationException);
        Assert.That(async () => await writer.FinishAsync(default), Throws.InvalidOperationException);
    }
}
