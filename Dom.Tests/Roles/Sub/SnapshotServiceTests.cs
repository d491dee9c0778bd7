using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Tests.Core.Archives;
using Dom.Tests.Roles.ImageServer;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Images made of machines.</summary>
public sealed class SnapshotServiceTests
{
    [Test, CancelAfter(120_000)]
    public async Task A_machine_gives_the_image_that_its_directory_gives(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var server = await ServerFixture.StartAsync();
        using var temp = new TempDirectory();
        (await Tool.RunAsync("bash", ["-euc", """
            mkdir -p etc var/log data srv; touch data/a data/b; echo web7 > etc/hostname; head -c 900000 /dev/urandom > srv/large; ln srv/large etc/linked; ln -s hostname etc/link
            echo log > var/log/syslog; setfattr -n user.a -v b etc/hostname; mkfifo etc/fifo; for i in $(seq 1500); do echo $i > srv/$i; done
            """], directory: rig.Root, cancellationToken: token)).Expect();
        await using var client = rig.Connect("Subd.GetSnapshot", "Subd.GetFiles");
        await WaitForAsync(client, "/srv/1500", token);
        var filter = PathFilter.FromLines(["/var/log/.*", "/data/.*", "/\\.subd(|/.*)$"]);
        var fromMachine = await PushAsync(server, "gold/1", new MachineSource(client, "web7", temp.Path), filter, token);
        var fromDirectory = await PushAsync(server, "gold/2", new DirectorySource(rig.Root), filter, token);
        Assert.That(
            TarSample.Describe(new FileTree(fromMachine.Manifest.Root, server.State.Archive.BlockSource)),
            Is.EqualTo(TarSample.Describe(new FileTree(fromDirectory.Manifest.Root, server.State.Archive.BlockSource))));
        Assert.That(fromMachine.LeftOut, Is.Empty);
        Assert.That(fromMachine.ObjectsSent, Is.GreaterThan(1500));
        Assert.That(fromDirectory.ObjectsSent, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(rig.Root, ".subd", "audit.log"), token), Does.Contain("Subd.GetFiles").And.Contain("alice"));

        var all = await PushAsync(server, "gold/3", new MachineSource(client, "web7", temp.Path), PathFilter.Empty, token);
        Assert.That(all.LeftOut.Select(l => l.Path.ToString()), Is.EquivalentTo(new[] { "/data", "/var/log/syslog" }), "what the machine does not look at is named");
    }

    [Test, CancelAfter(60_000)]
    public async Task Only_those_who_are_named_read_and_only_what_the_tree_holds(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await File.WriteAllTextAsync(Path.Combine(rig.Root, "file"), "content", token);
        await Tool.RunOkAsync("ln", "-s", "/etc/passwd", Path.Combine(rig.Root, "link"));
        await using var named = rig.Connect("Subd.GetSnapshot", "Subd.GetFiles");
        await WaitForAsync(named, "/file", token);
        await using var any = rig.Connect("Subd.*");
        Assert.That(async () => await ReadAsync(any, "/file", "content", token), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(async () => await ReadTreeAsync(any, token), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(await ReadAsync(named, "/file", "content", token), Is.EqualTo("content"));
        foreach (var (path, content) in new[] { ("/file", "other"), ("/link", "content"), ("/nowhere", "content"), ("/../file", "content"), ("/.subd/audit.log", "content"), ("file", "content") })
        {
            Assert.That(async () => await ReadAsync(named, path, content, token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(ImageErrorCode.FileChanged), path);
        }
    }

    private static async Task<PushResult> PushAsync(ServerFixture server, string name, PushSource source, PathFilter filter, CancellationToken token) =>
        await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = source, Filter = filter }, null, token);

    private static async Task<string> ReadAsync(RpcClient client, string path, string content, CancellationToken token)
    {
        var request = new GetFilesRequest
        {
            Files = [new FileReference { Path = UnixPath.Of(path), Content = ObjectId.Of(System.Text.Encoding.UTF8.GetBytes(content)) }],
        };
        var text = "";
        await foreach (var chunk in client.StreamAsync(SubdMethods.GetFiles, request, token))
        {
            text += System.Text.Encoding.UTF8.GetString(chunk.Data.Span);
        }

        return text;
    }

    private static async Task<FileTree> ReadTreeAsync(RpcClient client, CancellationToken token)
    {
        var blocks = new MemoryBlocks();
        ObjectId root = default;
        await foreach (var page in client.StreamAsync(SubdMethods.GetSnapshot, new GetSnapshotRequest(), token))
        {
            root = page.Root;
            foreach (var bytes in page.Blocks)
            {
                blocks.Add(Block.Of(bytes));
            }
        }

        return new FileTree(root, blocks);
    }

    /// <summary>The sub sees a new file some time after it was made.</summary>
    private static async Task WaitForAsync(RpcClient client, string path, CancellationToken token)
    {
        while (true)
        {
            try
            {
                if ((await ReadTreeAsync(client, token)).Find(UnixPath.Of(path)).Kind != InodeKind.None)
                {
                    return;
                }
            }
            catch (RpcException e) when (e.Code == "NotReady")
            {
                // The first scan goes on.
            }

            await Task.Delay(100, token);
        }
    }
}
