using System.Text;
using Dom.Core.Archives;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Archives;

/// <summary>Forms that GNU tar does not write, or not alone.</summary>
public sealed class TarReaderTests
{
    [Test, CancelAfter(30_000)]
    public async Task Attributes_of_bsdtar_and_labels_are_read(CancellationToken token)
    {
        var maker = new TarMaker();
        await maker.AddRecordsAsync(
            'x',
            ("LIBARCHIVE.xattr.user.a%3db", "AAr/PQ"u8.ToArray()),
            ("LIBARCHIVE.xattr.security.evm", "AAAA"u8.ToArray()),
            ("SCHILY.xattr.user.empty", []),
            ("SCHILY.xattr.user.bytes", [0, 10, 61, 255, 10]),
            ("RHT.security.selinux", "system_u:object_r:etc_t:s0"u8.ToArray()),
            ("hdrcharset", "BINARY"u8.ToArray()),
            ("SOMEONE.else", "ignored"u8.ToArray()));
        await maker.AddFileAsync("file");
        await maker.AddFileAsync("other");
        var (first, second) = await ReadTwoAsync(maker, token);
        Assert.That(
            new ExtendedAttributes(first.Inode.Xattrs).Read().Select(a => $"{NameText.Escape(a.Key.Span)}={Convert.ToHexStringLower(a.Value.Span)}"),
            Is.EqualTo(new[]
            {
                "security.selinux=" + Convert.ToHexStringLower("system_u:object_r:etc_t:s0\0"u8),
                "user.a=b=000aff3d",
                "user.bytes=000a3dff0a",
                "user.empty=",
            }));
        Assert.That(second.Inode.Xattrs.IsEmpty, Is.True, "an extended header is about one member");
    }

    [Test, CancelAfter(30_000)]
    public async Task Global_headers_hold_until_they_are_overruled_or_taken_back(CancellationToken token)
    {
        var maker = new TarMaker();
        await maker.AddRecordsAsync('g', ("uid", "1000"u8.ToArray()), ("gid", "2000"u8.ToArray()), ("mtime", "5.5"u8.ToArray()));
        await maker.AddRecordsAsync('x', ("uid", "7"u8.ToArray()), ("mtime", []));
        await maker.AddFileAsync("file");
        await maker.AddFileAsync("other");
        var (first, second) = await ReadTwoAsync(maker, token);
        Assert.That((first.Inode.Uid, first.Inode.Gid, first.Inode.MtimeSeconds), Is.EqualTo((7, 2000, 0L)));
        Assert.That((second.Inode.Uid, second.Inode.Gid, second.Inode.MtimeSeconds, second.Inode.MtimeNanoseconds), Is.EqualTo((1000, 2000, 5L, 500_000_000u)));
    }

    [TestCase("1.9999999999", 1, 999_999_999u)]
    [TestCase("-1.9999999999", -2, 0u)]
    [TestCase("-0.5", -1, 500_000_000u)]
    [TestCase("-3", -3, 0u)]
    [TestCase("007.", 7, 0u)]
    [CancelAfter(30_000)]
    public async Task Times_are_cut_off_downwards(string text, long seconds, uint nanoseconds, CancellationToken token)
    {
        var maker = await new TarMaker().AddRecordsAsync('x', ("mtime", Encoding.ASCII.GetBytes(text)));
        await maker.AddFileAsync("file");
        await maker.AddFileAsync("other");
        var (first, _) = await ReadTwoAsync(maker, token);
        Assert.That((first.Inode.MtimeSeconds, first.Inode.MtimeNanoseconds), Is.EqualTo((seconds, nanoseconds)));
    }

    [TestCase("5 path=x\n")]
    [TestCase("99 path=x\n")]
    [TestCase("x path=x\n")]
    [TestCase("9 pathxxx\n")]
    [TestCase("10 path=x\0")]
    [CancelAfter(30_000)]
    public async Task Records_whose_length_lies_are_refused(string records, CancellationToken token)
    {
        var maker = await new TarMaker().AddFileAsync("header", records);
        var bytes = TarMaker.Patch(await (await maker.AddFileAsync("file")).FinishAsync(), 0, h => h[156] = (byte)'x');
        Assert.That(async () => await new TarReader(new MemoryStream(bytes)).ReadNextAsync(token), Throws.TypeOf<ArchiveException>().With.Message.Contains("record"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Old_marks_of_directories_labels_and_numbers_in_base_256_are_understood(CancellationToken token)
    {
        var bytes = await (await (await new TarMaker().AddAsync("label", TarMaker.File(""))).AddAsync("old/", TarMaker.File(""))).FinishAsync();
        bytes = TarMaker.Patch(bytes, 0, h => h[156] = (byte)'V');
        bytes = TarMaker.Patch(bytes, 1, h =>
        {
            h[156] = 0;
            h.AsSpan(257, 8).Clear();
            h.AsSpan(136, 12).Fill(0xff);
            h[108] = 0x80;
            h.AsSpan(109, 7).Clear();
            h[112] = 0xff;
        });
        var reader = new TarReader(new MemoryStream(bytes));
        var entry = await reader.ReadNextAsync(token);
        Assert.That((entry?.Name.ToString(), entry?.Inode.Kind, entry?.Inode.Uid), Is.EqualTo(("old/", InodeKind.Directory, 0xff000000u)));
        Assert.That(await reader.ReadNextAsync(token), Is.Null);
        Assert.That(await reader.ReadNextAsync(token), Is.Null, "and stays at the end");
    }

    [Test, CancelAfter(60_000)]
    public async Task Archives_of_Python_give_the_tree_of_the_directory([Values("USTAR", "GNU", "PAX")] string format, CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        (await Tool.RunAsync("bash", ["-euc", """
            mkdir -p d/e; echo x > d/file; ln d/file d/link; ln -s file d/soft; mkfifo p; mknod c c 1 3; touch $'caf\xe9'
            head -c 100000 /dev/urandom > d/e/data; chmod 4750 d/e/data; chown 12:34 d/e; find . -exec touch -hd @1700000000 {} +
            """], directory: source, cancellationToken: token)).Expect();
        var archive = temp.Combine("a.tar");
        await Tool.RunOkAsync("python3", "-c", $"""
            import tarfile
            with tarfile.open({Quote(archive)}, "w", format=tarfile.{format}_FORMAT, errors="surrogateescape") as t:
                t.add({Quote(source)}, arcname=".")
            """);
        var expected = await TarSample.ScanAsync(source, token);
        Assert.That(TarSample.Describe(await TarSample.ReadAsync(archive, token)), Is.EqualTo(TarSample.Describe(expected)));
    }

    [Test]
    public void Acls_of_star_carry_their_numbers()
    {
        var acl = new AclText("user::rw-,user:lisa:r--:502,group::r--,mask::rw-,other::---,group:77:-w-"u8.ToArray());
        Assert.That(
            Convert.ToHexStringLower(acl.ToAttribute((_, _) => null)),
            Is.EqualTo("02000000" + "01000600ffffffff" + "02000400f6010000" + "04000400ffffffff" + "080002004d000000" + "10000600ffffffff" + "20000000ffffffff"));
        Assert.That(() => new AclText("user:lisa"u8.ToArray()).ToAttribute((_, _) => null), Throws.TypeOf<FormatException>());
        Assert.That(() => new AclText("user::rq-"u8.ToArray()).ToAttribute((_, _) => null), Throws.TypeOf<FormatException>());
    }

    private static string Quote(string text) => "'" + text + "'";

    private static async Task<(TarEntry First, TarEntry Second)> ReadTwoAsync(TarMaker maker, CancellationToken token)
    {
        var reader = new TarReader(new MemoryStream(await maker.FinishAsync()));
        var first = await reader.ReadNextAsync(token);
        var second = await reader.ReadNextAsync(token);
        return (first ?? throw new AssertionException("no member"), second ?? throw new AssertionException("one member only"));
    }
}
