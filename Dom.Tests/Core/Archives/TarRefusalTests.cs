using System.Text;
using Dom.Core.Archives;
using Dom.Core.Linux;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Archives;

/// <summary>What an archive must not hold, and how it is told.</summary>
public sealed class TarRefusalTests
{
    [Test, CancelAfter(30_000)]
    public async Task Members_that_climb_out_are_refused([Values("../out", "a/../../out", "a/..", "/../etc", "..")] string name, CancellationToken token) =>
        await AssertRefusedAsync(await (await new TarMaker().AddFileAsync(name)).FinishAsync(), "'..'", token);

    [Test, CancelAfter(30_000)]
    public async Task Leading_slashes_and_dots_mean_the_root_of_the_tree(CancellationToken token)
    {
        var maker = new TarMaker();
        foreach (var name in new[] { "/a", "./b", ".//./c", "//d", "e/./f//g" })
        {
            await maker.AddFileAsync(name);
        }

        var tree = await TarSample.ReadAsync(new MemoryStream(await maker.FinishAsync()), token);
        Assert.That(
            TarSample.Describe(tree).Select(l => l.Split(' ')[0]),
            Is.EqualTo(new[] { "/", "/a", "/b", "/c", "/d", "/e", "/e/f", "/e/f/g" }));
        Assert.That(tree.Find(UnixPath.Of("/e")), Has.Property("Mode").EqualTo(0x1ed).And.Property("Uid").EqualTo(0), "a missing directory is made 0755, owned by root");
    }

    [Test, CancelAfter(30_000)]
    public async Task Members_behind_a_symbolic_link_are_refused(CancellationToken token)
    {
        var maker = await new TarMaker().AddSymlinkAsync("lib", "/etc");
        await AssertRefusedAsync(await (await maker.AddFileAsync("lib/passwd")).FinishAsync(), "'lib/passwd'", token, "'lib', which is a symbolic link");

        maker = await (await new TarMaker().AddSymlinkAsync("lib", "/etc")).AddLinkAsync("shadow", "lib/shadow");
        await AssertRefusedAsync(await maker.FinishAsync(), "'lib', which is a symbolic link", token);

        maker = await (await new TarMaker().AddFileAsync("file")).AddFileAsync("file/below");
        await AssertRefusedAsync(await maker.FinishAsync(), "'file', which is no directory", token);
    }

    [Test, CancelAfter(30_000)]
    public async Task Hard_links_need_an_earlier_file(CancellationToken token)
    {
        await AssertRefusedAsync(await (await new TarMaker().AddLinkAsync("a", "b")).FinishAsync(), "hard link to 'b'", token);
        await AssertRefusedAsync(await (await new TarMaker().AddLinkAsync("a", "a")).FinishAsync(), "hard link to 'a'", token);
        await AssertRefusedAsync(await (await new TarMaker().AddLinkAsync("a", "../b")).FinishAsync(), "'..'", token);
        await AssertRefusedAsync(await (await (await new TarMaker().AddDirectoryAsync("d")).AddLinkAsync("a", "d")).FinishAsync(), "directory 'd'", token);
        var looped = await (await (await new TarMaker().AddFileAsync("a")).AddLinkAsync("b", "a")).AddLinkAsync("a", "b");
        var tree = await TarSample.ReadAsync(new MemoryStream(await looped.FinishAsync()), token);
        Assert.That(tree.ReadLinks().Groups.Single().Paths.Select(p => p.ToString()), Is.EqualTo(new[] { "/a", "/b" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_full_directory_gives_way_to_nothing(CancellationToken token)
    {
        var maker = await (await new TarMaker().AddFileAsync("d/file")).AddFileAsync("d");
        await AssertRefusedAsync(await maker.FinishAsync(), "not empty", token);
        maker = await (await (await new TarMaker().AddFileAsync("d/file")).AddFileAsync("f")).AddLinkAsync("d", "f");
        await AssertRefusedAsync(await maker.FinishAsync(), "not empty", token);
        await AssertRefusedAsync(await (await new TarMaker().AddSymlinkAsync("./", "x")).FinishAsync(), "root", token);
    }

    [Test, CancelAfter(30_000)]
    public async Task Impossible_names_and_numbers_are_refused_with_their_place(CancellationToken token)
    {
        var good = await (await (await new TarMaker().AddFileAsync("first")).AddFileAsync("second")).FinishAsync();
        await AssertRefusedAsync(await (await new TarMaker().AddFileAsync(new string('n', 256))).FinishAsync(), "256 bytes", token);
        await AssertRefusedAsync(await (await new TarMaker().AddFileAsync(string.Concat(Enumerable.Repeat("d/", 1100)) + "f")).FinishAsync(), "deep", token);
        await AssertRefusedAsync(Patched(108, "9999999\0"), "uid is no number", token, "'second' at byte 1024");
        await AssertRefusedAsync(Patched(124, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"), "size -1", token);
        await AssertRefusedAsync(Patched(124, "\u0080\0\0\0\u003f\0\0\0\0\0\0\0"), "at most", token);
        await AssertRefusedAsync(Patched(156, "Q"), "type 'Q'", token);
        await AssertRefusedAsync(Patched(156, "M"), "volume", token);
        await AssertRefusedAsync(Patched(0, "\0\0\0\0\0\0\0"), "name has 0 bytes", token);
        await AssertRefusedAsync(Patched(116, "\u0080\0\0\0\u00ff\u00ff\u00ff\u00ff"), "gid 4294967295", token);

        byte[] Patched(int offset, string value) => TarMaker.Patch(good, 2, header => Encoding.Latin1.GetBytes(value).CopyTo(header, offset));
    }

    [Test, CancelAfter(30_000)]
    public async Task An_archive_that_is_not_whole_is_refused(CancellationToken token)
    {
        var good = await (await (await new TarMaker().AddFileAsync("first")).AddFileAsync(new string('l', 120), new string('c', 600))).FinishAsync();
        var whole = await TarSample.ReadAsync(new MemoryStream(good), token);
        var content = good.AsSpan().LastIndexOfAnyExcept((byte)0) / 512 * 512 + 512;
        for (var length = 0; length <= content; length += 128)
        {
            Assert.That(async () => await TarSample.ReadAsync(new MemoryStream(good[..length]), token), Throws.TypeOf<ArchiveException>(), $"cut at {length}");
        }

        Assert.That((await TarSample.ReadAsync(new MemoryStream(good[..(content + 512)]), token)).Root, Is.EqualTo(whole.Root), "one block of zeros is enough");
        await AssertRefusedAsync([.. good, .. good], "not zero", token);
        await AssertRefusedAsync([.. good[..^1], 1], "not zero", token);
        await AssertRefusedAsync("this is no archive, whatever its name says"u8.ToArray(), "no tar archive", token);
        var broken = good.ToArray();
        broken[1024 + 5] ^= 1;
        await AssertRefusedAsync(broken, "checksum", token, "byte 1024");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_compressed_archive_that_is_cut_off_or_damaged_is_refused([Values("gzip", "zstd", "xz", "bzip2")] string program, CancellationToken token)
    {
        using var temp = new TempDirectory();
        var text = string.Join('\n', Enumerable.Range(0, 5000));
        var archive = temp.Combine("a.tar");
        await File.WriteAllBytesAsync(archive, await (await new TarMaker().AddFileAsync("file", text)).FinishAsync(), token);
        var packed = (await Tool.RunOkAsync(program, "--stdout", archive)).OutputBytes;
        await TarSample.ReadAsync(new MemoryStream(packed), token);
        await AssertRefusedAsync(packed[..(packed.Length / 2)], "", token);
        await AssertRefusedAsync(packed[..^1], "", token);
        var damaged = packed.ToArray();
        damaged[packed.Length / 2] ^= 0x10;
        await AssertRefusedAsync(damaged, "", token);
        var wrongChecksum = packed.ToArray();
        wrongChecksum[^(program == "gzip" ? 8 : 4)] ^= 0x10;
        await AssertRefusedAsync(wrongChecksum, "", token);
    }

    [Test, CancelAfter(30_000)]
    public async Task Limits_hold_before_memory_is_taken(CancellationToken token)
    {
        var small = new TarLimits { MaxExtendedHeaderBytes = 1000, MaxPathBytes = 500, MaxTreeBytes = 100_000, MaxFileBytes = 1000, MaxSparsePieces = 10 };
        await RefuseAsync(new TarMaker().AddFileAsync(new string('p', 1200)), "1000 are allowed");
        await RefuseAsync(new TarMaker().AddFileAsync(string.Concat(Enumerable.Repeat("dir/", 150))), "500 are allowed");
        await RefuseAsync(new TarMaker().AddFileAsync("large", new string('x', 1001)), "1000 are allowed");
        var many = new TarMaker();
        for (var i = 0; i < 1000; i++)
        {
            await many.AddFileAsync($"file-{i}");
        }

        await RefuseAsync(Task.FromResult(many), "MiB of memory");

        // A header that claims 16 MiB, behind which nothing comes, costs no 16 MiB.
        var claim = TarMaker.Patch(await (await new TarMaker().AddFileAsync("x")).FinishAsync(), 0, h =>
        {
            h[156] = (byte)'x';
            "00077777777"u8.CopyTo(h.AsSpan(124));
        });
        var before = GC.GetAllocatedBytesForCurrentThread();
        await AssertRefusedAsync(claim[..1024], "cut off", token);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));

        async Task RefuseAsync(Task<TarMaker> maker, string what)
        {
            var bytes = await (await maker).FinishAsync();
            Assert.That(
                async () => await TarSample.ReadAsync(new MemoryStream(bytes), token, null, small),
                Throws.TypeOf<ArchiveException>().With.Message.Contains(what));
        }
    }

    [Test]
    public void Compressions_that_are_not_read_are_named() =>
        Assert.That(
            () => ArchiveStream.Recognize([0x04, 0x22, 0x4d, 0x18, 0, 0]),
            Throws.TypeOf<ArchiveException>().With.Message.Contains("lz4"));

    private static async Task AssertRefusedAsync(byte[] archive, string why, CancellationToken token, string where = "")
    {
        try
        {
            await TarSample.ReadAsync(new MemoryStream(archive), token);
        }
        catch (ArchiveException e)
        {
            Assert.That(e.Message, Does.Contain(why).And.Contain(where));
            return;
        }

        Assert.Fail($"an archive that should be refused with '{why}' was read");
    }
}
