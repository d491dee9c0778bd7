using Dom.Core.Archives;
using Dom.Core.Trees;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Archives;

/// <summary>Damaged archives end with an <see cref="ArchiveException"/> or a tree, never with anything else, and never take much memory.</summary>
public sealed class TarMutationTests
{
    private const long MaxAllocated = 64L << 20;

    [Test, CancelAfter(300_000)]
    public async Task Whatever_is_changed_the_reader_stays_sane([Values("gnu", "pax", "oldgnu-sparse", "pax-sparse")] string kind, CancellationToken token)
    {
        using var temp = new TempDirectory();
        var archive = await MakeAsync(temp, kind);
        var random = new Random(20261120);
        var trees = 0;
        for (var i = 0; i < Counts.Of(400, 20_000); i++)
        {
            var mutant = Mutate(archive, random);
            var before = GC.GetTotalAllocatedBytes();
            try
            {
                var tree = await TarSample.ReadAsync(new MemoryStream(mutant), token);
                TreeVerifier.Verify(tree, image: true, token);
                trees++;
            }
            catch (ArchiveException e)
            {
                Assert.That(e.Message, Is.Not.Empty);
            }
            catch (Exception e) when (e is not AssertionException)
            {
                throw new AssertionException($"mutant {i} of {kind}: {e}");
            }

            Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(MaxAllocated), $"mutant {i} of {kind}");
        }

        Assert.That(trees, Is.GreaterThan(0), "some changes do no harm");
    }

    private static async Task<byte[]> MakeAsync(TempDirectory temp, string kind)
    {
        var source = temp.CreateDirectory("source");
        var name = new string('n', 150);
        (await Tool.RunAsync("bash", ["-euc", $"""
            mkdir d; echo hello > d/file; ln d/file other; ln -s d link; mknod dev c 1 3; mkfifo fifo; touch {name}; ln -s {name} long
            setfattr -n user.a -v text d/file; truncate -s 300k sparse
            for i in $(seq 0 30); do printf x | dd of=sparse bs=4096 seek=$((i * 2)) conv=notrunc status=none; done
            """], directory: source)).Expect();
        string[] form = kind switch
        {
            "pax" => ["--format=pax", "--xattrs"],
            "oldgnu-sparse" => ["--format=oldgnu", "--sparse"],
            "pax-sparse" => ["--format=pax", "--sparse", "--sparse-version=1.0"],
            _ => ["--format=gnu"],
        };
        return await File.ReadAllBytesAsync(await TarSample.MakeAsync(source, temp.Combine("a.tar"), form));
    }

    /// <summary>Changes some bytes, preferring headers and numbers, and most often sets the checksum right so that the reader looks further.</summary>
    private static byte[] Mutate(byte[] archive, Random random)
    {
        var mutant = archive.ToArray();
        var blocks = mutant.Length / 512;
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var block = random.Next(blocks);
            var isHeader = mutant.AsSpan((block * 512) + 257, 5).SequenceEqual("ustar"u8);
            void Change(byte[] bytes)
            {
                var at = random.Next(512);
                var count = random.Next(1, 13);
                for (var i = at; i < Math.Min(512, at + count); i++)
                {
                    bytes[i] = random.Next(4) switch
                    {
                        0 => (byte)random.Next(256),
                        1 => (byte)('0' + random.Next(10)),
                        2 => 0,
                        _ => (byte)(bytes[i] ^ (1 << random.Next(8))),
                    };
                }

                if (random.Next(3) == 0)
                {
                    bytes[156] = (byte)"0123456SLKxgDV17"[random.Next(16)];
                }
            }

            if (isHeader && random.Next(5) > 0)
            {
                mutant = TarMaker.Patch(mutant, block, Change);
            }
            else
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }
        }

        return random.Next(8) == 0 ? mutant[..random.Next(mutant.Length)] : mutant;
    }
}
