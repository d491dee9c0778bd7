using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Tests.Roles.ImageServer;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Images;

public sealed class ImageTarWriterTests
{
    [Test, CancelAfter(120_000)]
    public async Task An_image_comes_back_from_its_archive_through_GNU_tar_and_through_us(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        var source = temp.CreateDirectory("source");
        (await Tool.RunAsync("bash", ["-euc", $$"""
            mkdir -p a-b a/sub {{new string('d', 200)}}; echo one > a-b/x; ln a-b/x a/x; ln a-b/x zz; ln -s {{new string('t', 300)}} long-link; ln -s a link
            head -c 700000 /dev/urandom > large; cp large copy; touch empty $'caf\xe9 \n'; mkfifo fifo; mknod null c 1 3; mknod disk b 259 70000
            truncate -s 1M zeros; setfattr -n user.a -v 0x000aff3d large; setfattr -n 'user.b=c%' -v x large; setcap cap_net_raw+ep copy
            setfacl -m u:1234:r empty; setfacl -d -m g:77:rwx a; chmod 6755 large; chmod 1700 a; chown 3000000:4000000 copy; chown 5:6 .
            touch -d '1961-01-01 00:00:00.5 UTC' empty; touch -d '2500-01-01 00:00:00.000000001 UTC' zeros
            """], directory: source, cancellationToken: token)).Expect();
        var pushed = await server.PushAsync("web/1", source, token);
        var archive = await WriteAsync(server, temp.Combine("a.tar"), token);
        var out1 = temp.CreateDirectory("extracted");
        await Tool.RunOkAsync("tar", "-C", out1, "--same-owner", "--xattrs", "--xattrs-include=*", "-xpf", archive);
        Assert.That(await Rsync.DifferencesAsync(source, out1), Is.Empty);

        var again = await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("web/2"), Source = new ArchiveSource(archive, temp.Path) }, null, token);
        Assert.That(again.Image.Manifest, Is.EqualTo(pushed.Image.Manifest));
        Assert.That(again.BytesSent, Is.Zero);
        var second = await WriteAsync(server, temp.Combine("b.tar"), token);
        Assert.That(await File.ReadAllBytesAsync(second, token), Is.EqualTo(await File.ReadAllBytesAsync(archive, token)));
        Assert.That(new FileInfo(archive).Length % 10240, Is.Zero);
    }

    private static async Task<string> WriteAsync(ServerFixture server, string path, CancellationToken token)
    {
        var source = new ImageSource("loopback", server.Admin);
        var image = await DownloadedImage.ReadTreeAsync(source, ImageName.Parse("web/1"), token);
        await using var output = File.Create(path);
        var writer = new ImageTarWriter(image, new ObjectFeed(source, TimeProvider.System));
        await writer.WriteAsync(output, token);
        Assert.That(writer.LeftOut, Is.Empty);
        return path;
    }
}
