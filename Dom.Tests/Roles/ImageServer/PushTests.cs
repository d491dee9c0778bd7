using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Roles.Hosting;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.ImageServer;

public sealed class PushTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_pushed_directory_can_be_downloaded_whole_and_a_second_push_sends_nothing(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        var first = await server.PushAsync("test/1", source, token);
        Assert.That(first.Image.Name, Is.EqualTo("test/1"));
        Assert.That(first.Image.CreatedBy, Is.EqualTo("alice"));
        Assert.That(first.Image.CreatedOn, Is.EqualTo(server.Clock.GetUtcNow()));
        Assert.That(first.ObjectsSent, Is.GreaterThan(0));
        Assert.That(first.LeftOut, Is.Empty);

        var again = await server.PushAsync("test/1", source, token);
        Assert.That(again.BytesSent, Is.Zero);
        Assert.That(again.Image, Is.EqualTo(first.Image));
        var other = await server.PushAsync("test/2", source, token);
        Assert.That(other.BytesSent, Is.Zero);
        Assert.That(other.BytesSaved, Is.EqualTo(first.BytesSent));

        using var directory = new TempDirectory();
        await using var blocks = FileObjectStore.Open(directory.Combine("blocks"), default);
        await using var objects = FileObjectStore.Open(directory.Combine("objects"), default);
        await using var manifests = FileObjectStore.Open(directory.Combine("manifests"), default);
        var downloader = new ImageDownloader([new ImageSource("loopback", server.Connect("sub", "ObjectServer.GetObjects"))]);
        var manifest = await downloader.FetchManifestAsync(first.Image.Manifest, manifests, token);
        var wanted = await downloader.FetchTreeAsync(manifest.Root, blocks, null, token);
        await downloader.FetchObjectsAsync(wanted, objects, token);
        Assert.That(manifest.Files, Is.EqualTo(6));
        Assert.That(wanted.All(o => objects.GetSize(o.Id) == o.Size), Is.True);
        var large = await File.ReadAllBytesAsync(Path.Combine(source, "large"), token);
        Assert.That(objects.ReadAll(ObjectId.Of(large), 1 << 23), Is.EqualTo(large));

        var before = downloader.BytesReceived;
        await downloader.FetchTreeAsync(manifest.Root, blocks, null, token);
        await downloader.FetchObjectsAsync(wanted, objects, token);
        Assert.That(downloader.BytesReceived, Is.EqualTo(before), "what is stored is not fetched again");
    }

    [Test, CancelAfter(60_000)]
    public async Task Only_what_changed_is_sent(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        await server.PushAsync("test/1", source, token);
        await File.WriteAllTextAsync(Path.Combine(source, "a", "b", "small-1"), "another text", token);
        var second = await server.PushAsync("test/2", source, token);
        Assert.That(second.BytesSent, Is.LessThan(4096));
        Assert.That(second.ObjectsSent, Is.EqualTo(5), "one object, three directories, the root block");
    }

    [Test, CancelAfter(60_000)]
    public async Task Filtered_paths_and_what_cannot_be_in_an_image_are_left_out(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        await Tool.RunOkAsync("mknod", Path.Combine(source, "device"), "c", "1", "3");
        await Tool.RunOkAsync("setfattr", "-n", "user.note", "-v", "kept", Path.Combine(source, "large"));
        await Tool.RunOkAsync("setfattr", "-n", "trusted.note", "-v", "dropped", Path.Combine(source, "large"));
        var request = new PushRequest
        {
            Name = ImageName.Parse("test/1"),
            Source = new DirectorySource(source),
            Filter = PathFilter.FromLines(["/a/b", "/fifo"]),
            Owner = new ImageOwner(1234, 5678),
        };
        var result = await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(request, null, token);
        Assert.That(result.LeftOut.Select(l => l.Path.ToString()), Is.EquivalentTo(new[] { "/device", "/large" }));

        var tree = new FileTree(result.Manifest.Root, server.State.Archive.BlockSource);
        var entries = DirectoryContents.Read(tree.Blocks, tree.ReadRoot().Directory.Content);
        Assert.That(entries.Select(e => System.Text.Encoding.UTF8.GetString(e.Name.Span)), Is.EqualTo(new[] { "a", "empty", "hardlink", "large", "symlink" }));
        Assert.That(entries.All(e => e.ReadInode() is { Uid: 1234, Gid: 5678 }), Is.True);
        var xattrs = new ExtendedAttributes(entries[3].ReadInode().Xattrs).Read();
        Assert.That(xattrs.Select(x => System.Text.Encoding.UTF8.GetString(x.Key.Span)), Is.EqualTo(new[] { "user.note" }));
        Assert.That(result.Manifest.Filter, Is.EqualTo(new[] { "/a/b", "/fifo" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_name_stands_for_one_image_and_is_never_used_again(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        await server.PushAsync("test/1", source, token);
        await File.WriteAllTextAsync(Path.Combine(source, "new"), "new", token);
        Assert.That(async () => await server.PushAsync("test/1", source, token), Fails(ImageErrorCode.NameInUse));
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "test/1" }, token);
        await server.RestartAsync();
        Assert.That(async () => await server.PushAsync("test/1", source, token), Fails(ImageErrorCode.NameDeleted));
        Assert.That(
            async () => await server.Admin.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = "test/1" }, token),
            Fails(ImageErrorCode.NoSuchImage));
        Assert.That((await server.PushAsync("test/2", source, token)).BytesSent, Is.GreaterThan(0));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_name_whose_file_is_damaged_counts_as_used_and_the_others_stand(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        await server.PushAsync("test/1", source, token);
        await server.PushAsync("test/2", source, token);
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "test/1" }, token);
        var file = Path.Combine(server.StateDirectory, "names", ObjectId.Of("test/1"u8).ToString());
        var bytes = await File.ReadAllBytesAsync(file, token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, token);
        await server.RestartAsync();
        Assert.That(server.State.Names.Damaged, Is.EqualTo(1));
        Assert.That(async () => await server.PushAsync("test/1", source, token), Fails(ImageErrorCode.NameInUse));
        Assert.That((await server.PushAsync("test/2", source, token)).Image.Name, Is.EqualTo("test/2"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Everything_survives_a_restart(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        foreach (var name in new[] { "web/10", "web/9", "db/1" })
        {
            await server.PushAsync(name, source, token);
        }

        await server.RestartAsync();
        var images = await server.Admin.StreamAsync(ImageServerMethods.ListImages, new ListImagesRequest(), token).SelectManyAsync(p => p.Images);
        Assert.That(images.Select(i => i.Name), Is.EqualTo(new[] { "db/1", "web/9", "web/10" }));
        var sub = server.Connect("sub", [.. RoleGrants.For("sub") ?? []]);
        var refused = Assert.ThrowsAsync<RpcException>(() => sub.StreamAsync(ImageServerMethods.ListImages, new ListImagesRequest(), token).SelectManyAsync(p => p.Images));
        Assert.That(refused?.Status, Is.EqualTo(RpcStatus.PermissionDenied), "a machine reads by digest and learns no names");
        refused = Assert.ThrowsAsync<RpcException>(() => sub.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = images[0].Name }, token));
        Assert.That(refused?.Status, Is.EqualTo(RpcStatus.PermissionDenied));
        var web = await server.Admin.StreamAsync(ImageServerMethods.ListImages, new ListImagesRequest { Directory = "web" }, token).SelectManyAsync(p => p.Images);
        Assert.That(web.Select(i => i.Name), Is.EqualTo(new[] { "web/9", "web/10" }));
        var check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "web/9" }, token);
        Assert.That((check.Missing.Count, check.Corrupt.Count), Is.EqualTo((0, 0)));
        Assert.That(check.Objects, Is.EqualTo(4));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_corrupt_object_is_reported_never_served_and_healed_by_a_push(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        await server.PushAsync("test/1", source, token);
        var large = await File.ReadAllBytesAsync(Path.Combine(source, "large"), token);
        var path = server.StoredFile("objects", ObjectId.Of(large));
        var spoiled = large.ToArray();
        spoiled[^7] ^= 1;
        await File.WriteAllBytesAsync(path, spoiled, token);

        long received = 0;
        Assert.That(
            async () =>
            {
                var request = new GetObjectsRequest { Ids = [ObjectId.Of(large)] };
                await foreach (var chunk in server.Admin.StreamAsync(ObjectServerMethods.GetObjects, request, token))
                {
                    received += chunk.Data.Length;
                }
            },
            Fails(ImageErrorCode.CorruptObject));
        Assert.That(received, Is.LessThan(large.Length));
        var check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "test/1" }, token);
        Assert.That(check.Missing, Is.EqualTo(new[] { ObjectId.Of(large) }), "it was set aside");
        await server.PushAsync("test/2", source, token);
        check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "test/1" }, token);
        Assert.That(check.Missing, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Rights_are_those_of_the_certificate(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = await MakeTreeAsync(server);
        var image = (await server.PushAsync("test/1", source, token)).Image;
        var sub = server.Connect("sub", "ObjectServer.GetObjects");
        Assert.That(async () => await server.PushAsync("test/2", source, token, sub), Fails(RpcErrorCode.MethodNotGranted));
        Assert.That(
            async () => await sub.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "test/1" }, token),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        var other = server.Connect("bob", "ImageServer.GetImage");
        Assert.That(
            async () => await other.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "test/1" }, token),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        var creator = server.Connect("alice");
        await creator.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "test/1" }, token);
        Assert.That(image.Manifest.IsNone, Is.False);
    }

    private static async Task<string> MakeTreeAsync(ServerFixture server)
    {
        var source = server.MakeDirectory("source");
        Directory.CreateDirectory(Path.Combine(source, "a", "b"));
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllText(Path.Combine(source, "a", "b", $"small-{i}"), $"content {i}");
        }

        var large = new byte[3_000_000];
        new Random(1).NextBytes(large);
        File.WriteAllBytes(Path.Combine(source, "large"), large);
        File.WriteAllText(Path.Combine(source, "empty"), "");
        File.CreateSymbolicLink(Path.Combine(source, "symlink"), "nowhere");
        await Tool.RunOkAsync("ln", Path.Combine(source, "a", "b", "small-0"), Path.Combine(source, "hardlink"));
        await Tool.RunOkAsync("mkfifo", Path.Combine(source, "fifo"));
        return source;
    }

    private static NUnit.Framework.Constraints.EqualStringConstraint Fails(string code) => Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(code);
}
