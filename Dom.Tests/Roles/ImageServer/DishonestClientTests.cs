using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Tests.Roles.ImageServer;

/// <summary>What a broken or hostile client sends.</summary>
public sealed class DishonestClientTests
{
    private static readonly byte[] Content = "some content"u8.ToArray();

    [Test, CancelAfter(60_000)]
    public async Task Names_cannot_leave_the_directory_of_names(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        foreach (var name in new[] { "../../etc/cron.d/x", "/etc/passwd", "a/../b", "", "a//b", "a~", "a\0b", "..", new string('x', 5000) })
        {
            Assert.That(async () => await BeginAsync(server, name, token), Fails(ImageErrorCode.BadName), name);
            Assert.That(
                async () => await server.Admin.CallAsync(ImageServerMethods.AddImage, new AddImageRequest { Name = name, Manifest = [] }, token),
                Fails(ImageErrorCode.BadName),
                name);
            Assert.That(
                async () => await server.Admin.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name }, token),
                Fails(ImageErrorCode.BadName),
                name);
        }

        Assert.That(Directory.GetFiles(Path.Combine(server.StateDirectory, "names")), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Wrong_digests_sizes_and_offsets_are_refused_and_store_nothing(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var lease = (await BeginAsync(server, "test/1", token)).Lease;
        var good = new ObjectChunk { Id = ObjectId.Of(Content), Size = Content.Length, Data = Content, Lease = lease };
        var wrong = ObjectId.Of("another content"u8);
        await RefusesAsync(good with { Id = wrong }, ImageErrorCode.CorruptObject);
        await RefusesAsync(good with { Size = 5 }, nameof(RpcStatus.InvalidArgument), ImageErrorCode.CorruptObject);
        await RefusesAsync(good with { Size = 500 }, RpcErrorCode.Truncated);
        await RefusesAsync(good with { Size = 500, Offset = 100 }, ImageErrorCode.WrongOffset);
        await RefusesAsync(good with { Size = -1 }, nameof(RpcStatus.InvalidArgument));
        await RefusesAsync(good with { Size = long.MaxValue }, ImageErrorCode.DiskFull, RpcErrorCode.Truncated);
        await RefusesAsync(good with { Id = default }, nameof(RpcStatus.InvalidArgument), ImageErrorCode.CorruptObject);
        await RefusesAsync(good with { Kind = ObjectKind.Manifest }, nameof(RpcStatus.InvalidArgument));
        await RefusesAsync(good with { Kind = (ObjectKind)9 }, nameof(RpcStatus.InvalidArgument));
        await RefusesAsync(good with { Kind = ObjectKind.Block, Size = TreeFormat.MaxBlockBytes + 1 }, nameof(RpcStatus.InvalidArgument));
        await RefusesAsync(good with { Lease = "" }, ImageErrorCode.LeaseEnded);
        await RefusesAsync(good with { Lease = "0123" }, ImageErrorCode.LeaseEnded);
        Assert.That(server.State.Archive.Objects.GetSize(good.Id), Is.EqualTo(-1));
        Assert.That(server.State.Archive.Objects.GetSize(wrong), Is.EqualTo(-1));
        Assert.That(Directory.GetFiles(Path.Combine(server.StateDirectory, "objects", "incoming")), Is.Empty);

        async Task RefusesAsync(ObjectChunk chunk, params string[] codes)
        {
            RpcException? refusal = null;
            try
            {
                await server.Admin.UploadAsync(ObjectServerMethods.AddObjects, Stream(chunk), token);
            }
            catch (RpcException e)
            {
                refusal = e;
            }

            Assert.That(codes, Does.Contain(refusal?.Code), $"{chunk}: {refusal?.Message}");
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task An_image_is_added_only_when_everything_below_its_root_is_stored(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var blocks = new MemoryBlocks();
        var builder = new DirectoryBuilder(blocks.Add);
        builder.Add("file"u8, new Inode { Kind = InodeKind.Regular, Mode = 420, Size = (ulong)Content.Length, Content = ObjectId.Of(Content) });
        var directory = builder.Finish();
        var root = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, new Inode { Kind = InodeKind.Directory, Mode = 493, Content = directory }, default));
        blocks.Add(root);
        var manifest = new Manifest
        {
            Format = Manifest.CurrentFormat,
            Root = root.Digest,
            Inodes = 2,
            Directories = 1,
            Files = 1,
            Bytes = Content.Length,
        };
        Assert.That(async () => await AddAsync(manifest), Fails(ImageErrorCode.MissingObjects), "no block is there");
        await StoreAsync(ObjectKind.Block, root.Bytes);
        Assert.That(async () => await AddAsync(manifest), Fails(ImageErrorCode.MissingObjects), "one block is missing");
        await StoreAsync(ObjectKind.Block, blocks.Get(directory).Bytes);
        Assert.That(async () => await AddAsync(manifest), Fails(ImageErrorCode.MissingObjects), "the object is missing");
        await StoreAsync(ObjectKind.Object, Content);
        Assert.That(async () => await AddAsync(manifest with { Bytes = 1 }), Fails(ImageErrorCode.BadManifest), "its totals lie");
        Assert.That(async () => await AddAsync(manifest with { Root = directory }), Fails(ImageErrorCode.BadTree), "the root is no root");
        Assert.That(
            async () => await server.Admin.CallAsync(ImageServerMethods.AddImage, new AddImageRequest { Name = "test/1", Manifest = [1, 2, 3] }, token),
            Fails(ImageErrorCode.BadManifest));
        Assert.That((await AddAsync(manifest)).Inodes, Is.EqualTo(2));

        async Task<ImageInfo> AddAsync(Manifest image) => await server.Admin.CallAsync(
            ImageServerMethods.AddImage, new AddImageRequest { Name = "test/1", Manifest = image.Encode() }, token);

        async Task StoreAsync(ObjectKind kind, ReadOnlyMemory<byte> bytes) => await server.Admin.UploadAsync(
            ObjectServerMethods.AddObjects,
            Stream(new ObjectChunk { Kind = kind, Id = ObjectId.Of(bytes.Span), Size = bytes.Length, Data = bytes, Lease = (await BeginAsync(server, "test/1", token)).Lease }),
            token);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_size_that_a_tree_lies_about_is_found(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var lease = (await BeginAsync(server, "test/1", token)).Lease;
        var blocks = new List<Block>();
        var builder = new DirectoryBuilder(blocks.Add);
        builder.Add("file"u8, new Inode { Kind = InodeKind.Regular, Mode = 420, Size = 5, Content = ObjectId.Of(Content) });
        blocks.Add(TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, new Inode { Kind = InodeKind.Directory, Mode = 493, Content = builder.Finish() }, default)));
        var chunks = blocks.Select(b => new ObjectChunk { Kind = ObjectKind.Block, Id = b.Digest, Size = b.Bytes.Length, Data = b.Bytes, Lease = lease })
            .Append(new ObjectChunk { Id = ObjectId.Of(Content), Size = Content.Length, Data = Content });
        await server.Admin.UploadAsync(ObjectServerMethods.AddObjects, Stream([.. chunks]), token);
        var manifest = new Manifest { Format = Manifest.CurrentFormat, Root = blocks[^1].Digest, Inodes = 2, Directories = 1, Files = 1, Bytes = 5 };
        var error = Assert.CatchAsync<RpcException>(async () => await server.Admin.CallAsync(
            ImageServerMethods.AddImage, new AddImageRequest { Name = "test/1", Manifest = manifest.Encode(), Lease = lease }, token));
        Assert.That(error?.Message, Does.Contain("has 12 bytes, the tree says 5"));
        Assert.That(server.State.Archive.Objects.GetSize(ObjectId.Of(Content)), Is.EqualTo(Content.Length), "the honest object stays");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_lease_ends_when_it_is_not_used_and_belongs_to_its_user(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var begun = await BeginAsync(server, "test/1", token);
        Assert.That(async () => await CheckAsync(server.Connect("mallory", "*.*"), begun.Lease), Fails(ImageErrorCode.LeaseEnded));
        server.Clock.Advance(begun.Lifetime - TimeSpan.FromSeconds(1));
        await CheckAsync(server.Admin, begun.Lease);
        server.Clock.Advance(begun.Lifetime - TimeSpan.FromSeconds(1));
        await CheckAsync(server.Admin, begun.Lease);
        server.Clock.Advance(begun.Lifetime + TimeSpan.FromSeconds(1));
        Assert.That(async () => await CheckAsync(server.Admin, begun.Lease), Fails(ImageErrorCode.LeaseEnded));
        Assert.That(server.State.Leases.Count, Is.Zero);

        Task<CheckObjectsResponse> CheckAsync(RpcChannel channel, string lease) =>
            channel.CallAsync(ObjectServerMethods.CheckObjects, new CheckObjectsRequest { Ids = [ObjectId.Of(Content)], Lease = lease }, token);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_upload_that_does_not_fit_is_refused_before_it_begins(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var free = server.State.Archive.Objects.GetFileSystemStatus().AvailableBytes;
        var request = new BeginUploadRequest { Name = "test/1", Bytes = free * 2 };
        Assert.That(async () => await server.Admin.CallAsync(ImageServerMethods.BeginUpload, request, token), Fails(ImageErrorCode.DiskFull));
        await server.Admin.CallAsync(ImageServerMethods.BeginUpload, request with { Bytes = free / 4 * 3 }, token);
        Assert.That(
            async () => await server.Admin.CallAsync(ImageServerMethods.BeginUpload, request with { Bytes = free / 4 * 3 }, token),
            Fails(ImageErrorCode.DiskFull),
            "uploads under way count");
        Assert.That(async () => await server.Admin.CallAsync(ImageServerMethods.BeginUpload, request with { Bytes = -1 }, token), Throws.TypeOf<RpcException>());
    }

    private static Task<BeginUploadResponse> BeginAsync(ServerFixture server, string name, CancellationToken token) =>
        server.Admin.CallAsync(ImageServerMethods.BeginUpload, new BeginUploadRequest { Name = name }, token);

    private static async IAsyncEnumerable<ObjectChunk> Stream(params ObjectChunk[] chunks)
    {
        foreach (var chunk in chunks)
        {
            await Task.Yield();
            yield return chunk;
        }
    }

    private static NUnit.Framework.Constraints.EqualStringConstraint Fails(string code) => Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(code);
}
