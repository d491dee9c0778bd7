using Dom.Core.Archives;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Tests.Core.Archives;
using Dom.Tests.Roles.ImageServer;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Images.Sources;

/// <summary>Whatever the source, the same input gives the same image.</summary>
public sealed class PushSourceTests
{
    [Test, CancelAfter(120_000)]
    public async Task A_directory_and_its_archives_give_one_manifest_and_only_the_first_sends_contents(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var source = await MakeAsync(temp);
        var filter = PathFilter.FromLines(["/tmp/.*", "/dir/secret$", "/linked$"]);
        var first = await PushAsync(server, "web/1", new DirectorySource(source), token, filter);
        Assert.That(first.ObjectsSent, Is.GreaterThan(0));
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), "--format=pax", "--xattrs", "--xattrs-include=*", "--sparse", "--sort=name");
        var gnu = await TarSample.MakeAsync(source, temp.Combine("b.tar"), "--format=pax", "--xattrs", "--xattrs-include=*");
        foreach (var packer in new[] { "gzip", "zstd", "xz", "bzip2" })
        {
            await Tool.RunOkAsync(packer, "--keep", archive);
        }

        var sources = new[] { archive, gnu, archive + ".gz", archive + ".zst", archive + ".xz", archive + ".bz2" }
            .Select(PushSource (path) => new ArchiveSource(path, temp.Path))
            .Append(new ArchiveSource(new MemoryStream(await File.ReadAllBytesAsync(archive + ".zst", token)), temp.Path));
        var number = 2;
        foreach (var other in sources)
        {
            var result = await PushAsync(server, $"web/{number++}", other, token, filter);
            Assert.That(result.Image.Manifest, Is.EqualTo(first.Image.Manifest), other.Description);
            Assert.That(result.ObjectsSent, Is.Zero, other.Description);
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task Contents_of_archives_arrive([Values("plain", "gzip", "stream")] string kind, CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var source = await MakeAsync(temp);
        var archive = await TarSample.MakeAsync(source, temp.Combine("a.tar"), "--format=pax", "--sparse");
        if (kind == "gzip")
        {
            await Tool.RunOkAsync("gzip", archive);
            archive += ".gz";
        }

        await using var stream = File.OpenRead(archive);
        await PushAsync(server, "web/1", kind == "stream" ? new ArchiveSource(stream, temp.Path) : new ArchiveSource(archive, temp.Path), token);
        var image = await DownloadedImage.ReadTreeAsync(new ImageSource("loopback", server.Admin), ImageName.Parse("web/1"), token);
        await new ImageUnpacker(image, new ImageDownloader([new ImageSource("loopback", server.Admin)]), unprivileged: false)
            .UnpackAsync(temp.Combine("out"), token);
        var extracted = temp.CreateDirectory("extracted");
        await Tool.RunOkAsync("tar", "-C", extracted, "--same-owner", "-xpf", archive);
        Assert.That(await Rsync.DifferencesAsync(extracted, temp.Combine("out")), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_layer_changes_an_image_as_extracting_over_it_would(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var below = temp.CreateDirectory("below");
        await ShellAsync(below, "mkdir -m 700 etc; mkdir usr; echo old > etc/conf; echo kept > etc/kept; ln etc/kept usr/kept; ln -s etc/conf link; touch -hd @1700000000 etc/* link");
        await PushAsync(server, "base/1", new DirectorySource(below), token, PathFilter.FromLines(["/var"]));
        var image = await DownloadedImage.ReadTreeAsync(new ImageSource("loopback", server.Admin), ImageName.Parse("base/1"), token);

        var upper = temp.CreateDirectory("upper");
        await ShellAsync(upper, "mkdir -p etc opt/x; echo new > etc/conf; ln etc/conf opt/x/conf; touch -hd @1700000001 etc/conf");
        var archive = temp.Combine("layer.tar");
        await ShellAsync(upper, $"tar -cf {archive} --no-recursion opt/x/conf etc/conf");
        var onto = await PushAsync(server, "web/1", new ArchiveSource(archive, temp.Path), token, below: image);
        await ShellAsync(below, $"umask 022; tar --same-owner -xpf {archive}");
        var expected = await PushAsync(server, "web/2", new DirectorySource(below), token);
        Assert.That(
            TarSample.Describe(new FileTree(onto.Manifest.Root, server.State.Archive.BlockSource)),
            Is.EqualTo(TarSample.Describe(new FileTree(expected.Manifest.Root, server.State.Archive.BlockSource))));
        Assert.That(onto.ObjectsSent, Is.LessThan(10));

        var copied = await PushAsync(server, "web/3", new ImageCopySource(image), token);
        Assert.That(copied.Manifest.Root, Is.EqualTo(image.Manifest.Root));
        var narrowed = await PushAsync(server, "web/4", new ImageCopySource(image), token, PathFilter.FromLines(["/usr(|/.*)$"]));
        var tree = new FileTree(narrowed.Manifest.Root, server.State.Archive.BlockSource);
        Assert.That(tree.Find(UnixPath.Of("/usr")).Kind, Is.EqualTo(InodeKind.None));
        Assert.That(tree.ReadLinks().Groups, Is.Empty, "one name of the file is left");

        var directory = await PushAsync(server, "web/5", new DirectorySource(upper), token, below: image);
        var laid = new FileTree(directory.Manifest.Root, server.State.Archive.BlockSource);
        Assert.That(laid.Find(UnixPath.Of("/etc/kept")).Kind, Is.EqualTo(InodeKind.Regular));
        Assert.That(laid.Find(UnixPath.Of("/etc/conf")).Content, Is.EqualTo(ObjectId.Of("new\n"u8)));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_archive_that_changes_while_it_is_sent_is_read_again(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var archive = temp.Combine("a.tar");
        await File.WriteAllBytesAsync(archive, await (await new TarMaker().AddFileAsync("file", "first")).FinishAsync(), token);
        var later = await (await new TarMaker().AddFileAsync("file", "other")).FinishAsync();
        var progress = new Callback(p =>
        {
            if (p.Phase == PushPhase.Check)
            {
                File.WriteAllBytes(archive, later);
            }
        });
        var request = new PushRequest { Name = ImageName.Parse("web/1"), Source = new ArchiveSource(archive, temp.Path) };
        var result = await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(request, progress, token);
        var tree = new FileTree(result.Manifest.Root, server.State.Archive.BlockSource);
        Assert.That(tree.Find(UnixPath.Of("/file")).Content, Is.EqualTo(ObjectId.Of("other"u8)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Nothing_is_pushed_without_the_paths_that_are_required(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var source = await MakeAsync(temp);
        var request = new PushRequest
        {
            Name = ImageName.Parse("web/1"),
            Source = new DirectorySource(source),
            RequiredPaths = [UnixPath.Of("/dir/"), UnixPath.Of("/dir/file"), UnixPath.Of("/dir/file/"), UnixPath.Of("/nowhere")],
        };
        var fault = Assert.ThrowsAsync<PushException>(async () => await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(request, null, token));
        Assert.That(fault?.Message, Does.Contain("2 of the paths").And.Contain("/dir/file/, /nowhere"));
        Assert.That(fault?.Code, Is.EqualTo(PushException.MissingPaths));
        var good = await PushAsync(server, "web/1", new DirectorySource(source), token);
        Assert.That(good.ObjectsSent, Is.GreaterThan(0), "nothing had been sent");
    }

    [Test, CancelAfter(60_000)]
    public async Task Copied_contents_leave_no_file_behind_and_zeros_take_no_space(CancellationToken token)
    {
        using var temp = new TempDirectory();
        var room = temp.CreateDirectory("room");
        var archive = temp.Combine("a.tar");
        await ShellAsync(temp.Path, $"truncate -s 40M zeros; cp zeros copy; head -c 100000 /dev/urandom > data; cp data again; tar -czf {archive} zeros copy data again");
        using var contents = ArchiveContents.Copied(room);
        await using var file = File.OpenRead(archive);
        var tree = await TarSample.ReadAsync(file, token, contents);
        Assert.That(contents.CopiedBytes, Is.EqualTo(100_000));
        Assert.That(Directory.EnumerateFileSystemEntries(room), Is.Empty);
        Assert.That(tree.Find(UnixPath.Of("/zeros")).Size, Is.EqualTo(40UL << 20));
    }

    private static async Task<PushResult> PushAsync(
        ServerFixture server, string name, PushSource source, CancellationToken token, PathFilter? filter = null, DownloadedImage? below = null) =>
        await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = source, Filter = filter ?? PathFilter.Empty, Base = below }, null, token);

    private static async Task<string> MakeAsync(TempDirectory temp)
    {
        var source = temp.CreateDirectory("source");
        await ShellAsync(source, """
            mkdir -p dir/sub tmp; echo hello > dir/file; ln dir/file linked; ln dir/file third; ln -s file dir/link; touch empty tmp/rubbish dir/secret
            head -c 3000000 /dev/urandom > large; seq 100000 > text; truncate -s 2M sparse; printf end >> sparse; mkfifo fifo; mknod null c 1 3
            setfattr -n user.note -v x text; chmod 4711 large; chown 1:2 dir; touch -d '2024-01-01 00:00:00.123456789' text
            """);
        return source;
    }

    private static async Task ShellAsync(string directory, string script) => (await Tool.RunAsync("bash", ["-euc", script], directory: directory)).Expect();

    private sealed class Callback(Action<PushProgress> action) : IProgress<PushProgress>
    {
        public void Report(PushProgress value) => action(value);
    }
}
