using Dom.Tests.Support;

namespace Dom.Tests.Core.Archives;

/// <summary>An archive GNU tar made of a directory gives the tree that a scan of the directory gives.</summary>
public sealed class GnuTarTests
{
    private static readonly string Bytes = "$'caf\\xe9 \\xff\\x01\\n end'";

    [Test, CancelAfter(120_000)]
    public async Task Every_format_gives_the_tree_of_the_directory(
        [Values("v7", "oldgnu", "gnu", "ustar", "pax")] string format, [Values] bool inPlace, CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await MakeAsync(source, isWide: format is not ("v7" or "ustar"), devices: format != "v7");
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), $"--format={format}", "--numeric-owner");
        await AssertSameAsync(source, archive, token, inPlace);
    }

    [Test, CancelAfter(120_000)]
    public async Task Pax_keeps_nanoseconds_attributes_and_names_that_are_no_text(CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await MakeAsync(source, isWide: true, devices: true);
        await ShellAsync(source, $$"""
            touch -d '1969-12-31 23:59:58.25 UTC' before; touch -d '2033-05-18 03:33:20.123456789 UTC' after
            setfattr -n user.plain -v text after; setfattr -n user.empty after; setfattr -n 'user.a=b%3D%25' -v x after
            setfattr -n user.bytes -v 0x000aff3d0a31203d0a after; setfattr -n trusted.t -v 1 after
            setcap cap_dac_override,cap_sys_rawio,cap_sys_ptrace=ep before
            setfattr -n trusted.d -v 2 .; setfattr -h -n trusted.l -v 3 link
            setfacl -m u:1234:r,g:77:rw after; setfacl -d -m u:1234:rwx dir
            touch {{Bytes}}; ln -s {{Bytes}} weird; ln {{Bytes}} linked-weird
            """);
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), "--format=pax", "--xattrs", "--xattrs-include=*");
        await AssertSameAsync(source, archive, token);
    }

    [Test, CancelAfter(120_000)]
    public async Task Acls_as_text_are_understood_through_the_names_in_the_archive(CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await ShellAsync(source, """
            mkdir etc dir; cp /etc/passwd /etc/group etc; touch file plain
            setfacl -m u:daemon:rw,g:bin:r,u:999999:x file; setfacl -d -m u:daemon:rwx dir; find . -exec touch -hd @1700000000 {} +
            """);
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), "--acls");
        await AssertSameAsync(source, archive, token);

        File.Delete(Path.Combine(source, "etc", "passwd"));
        await TarSample.MakeAsync(source, archive, "--acls");
        Assert.That(
            async () => await TarSample.ReadAsync(archive, token),
            Throws.TypeOf<Dom.Core.Archives.ArchiveException>().With.Message.Contains("daemon").And.Message.Contains("./file"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Sparse_files_are_read_in_every_form(
        [Values("--format=oldgnu", "--format=gnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1", "--format=pax --sparse-version=1.0")] string form,
        [Values] bool inPlace,
        CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await ShellAsync(source, """
            truncate -s 5M hole; truncate -s 3M end; printf tail >> end; truncate -s 1234567 begin; printf head | dd of=begin conv=notrunc status=none
            truncate -s 20M many; for i in $(seq 0 70); do printf "piece $i" | dd of=many bs=4096 seek=$((i * 50)) conv=notrunc status=none; done
            printf small > small; truncate -s 400k "$(printf 'long%.0s' $(seq 40))"; find . -exec touch -hd @1700000000 {} +
            """);
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), [.. form.Split(' '), "--sparse"]);
        Assert.That(new FileInfo(archive).Length, Is.LessThan(2_000_000), "GNU tar found the holes");
        await AssertSameAsync(source, archive, token, inPlace);
    }

    [Test, CancelAfter(120_000)]
    public async Task Every_compression_gives_the_same_tree(
        [Values("gzip", "zstd", "xz", "bzip2", "zstd --long=27 -19", "zstd-frames", "gzip-members")] string program, CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await MakeAsync(source, isWide: true, devices: true);
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"));
        var name = program.Split('-')[0].Split(' ')[0];
        await ShellAsync(temp.Path, program switch
        {
            "zstd-frames" or "gzip-members" => $"head -c 10000 a.tar | {name} > a.packed; tail -c +10001 a.tar | {name} >> a.packed",
            _ => $"{program} < a.tar > a.packed",
        });
        Assert.That(new FileInfo(temp.Combine("a.packed")).Length, Is.LessThan(new FileInfo(archive).Length));
        await AssertSameAsync(source, temp.Combine("a.packed"), token);
    }

    [Test, CancelAfter(120_000)]
    public async Task The_order_of_the_members_does_not_matter(CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        await MakeAsync(source, isWide: true, devices: true);
        await ShellAsync(source, "export LC_ALL=C; find . -mindepth 1 -print0 | grep -zv '^./dir/other$' | sort -zR > ../names; printf './dir/other\\0.\\0' >> ../names");
        var archive = temp.Combine("a.tar");
        await ShellAsync(source, $"tar --null --no-recursion --verbatim-files-from -T ../names -cf {archive}");
        await AssertSameAsync(source, archive, token);
    }

    [Test, CancelAfter(120_000)]
    public async Task The_last_of_several_members_with_one_name_wins_as_in_extraction(CancellationToken token)
    {
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        var archive = temp.Combine("a.tar");
        await ShellAsync(source, $"""
            mkdir d; printf one > f; ln f g; ln -s d l; mkdir e; tar --no-recursion -cf {archive} . d f g l e
            rm f l; rmdir e; printf two > f; mkdir l; printf x > l/x; ln -s nowhere e; chmod 700 d; tar --no-recursion -rf {archive} f l l/x e d
            mkdir ../out; tar -C ../out --same-owner -xpf {archive}
            """);
        await AssertSameAsync(temp.Combine("out"), archive, token);
    }

    private static async Task MakeAsync(string directory, bool isWide, bool devices)
    {
        await ShellAsync(directory, """
            mkdir -p dir/sub empty; printf hello > dir/file; touch none; head -c 700000 /dev/urandom > large; seq 1 20000 > dir/sub/text
            ln -s dir/file link; ln dir/file dir/other; ln dir/file third; cp large copy; chmod 4755 copy; chmod 1777 empty; chmod 2750 dir
            chown 1234:5678 dir/sub/text; chown -h 2097150:2097151 link
            """);
        if (devices)
        {
            await ShellAsync(directory, "mknod char c 5 1; mknod block b 259 70000; mkfifo pipe");
        }

        if (isWide)
        {
            var name = new string('n', 200);
            await ShellAsync(directory, $"""
                mkdir -p {name}/{name}; printf deep > {name}/{name}/{name}; ln -s {name}/{name}/{name} {name}/link; ln {name}/{name}/{name} hard
                touch $'caf\xe9'; chown 4294967294:4000000000 large; chown 2097152:2097152 copy; printf 100 > {new string('h', 100)}; ln -s {new string('t', 100)} hundred
                """);
        }

        await ShellAsync(directory, "find . -exec touch -hd @1700000000 {} +; touch -d @0 none");
    }

    private static async Task ShellAsync(string directory, string script) =>
        (await Tool.RunAsync("bash", ["-euc", script], directory: directory)).Expect();

    private static async Task AssertSameAsync(string directory, string archive, CancellationToken token, bool inPlace = false)
    {
        var expected = await TarSample.ScanAsync(directory, token);
        var actual = await TarSample.ReadAsync(archive, token, inPlace);
        Assert.That(TarSample.Describe(actual), Is.EqualTo(TarSample.Describe(expected)));
        Assert.That(actual.Root, Is.EqualTo(expected.Root));
    }
}
