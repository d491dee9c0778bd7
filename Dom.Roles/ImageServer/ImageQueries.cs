using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Roles.ImageServer.Garbage;

namespace Dom.Roles.ImageServer;

/// <summary>Questions about images that take more than a look at their names.</summary>
internal sealed class ImageQueries(ImageArchive archive, ImageNames names, ImageService images)
{
    private const int DiskBlock = 4096;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(ImageServerMethods.FindLatestImage, FindLatestAsync);
        router.Map(ImageServerMethods.GetImageUsageEstimate, EstimateUsageAsync);
    }

    private async ValueTask<ImageInfo> FindLatestAsync(FindLatestRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var candidates = names.List(request.Directory)
            .Where(r => !request.IgnoreExpiring || r.ExpiresOn is null)
            .Where(r => !request.NotBelow || ImageName.Parse(r.Name).Directory == request.Directory)
            .OrderByDescending(static r => r.CreatedOn)
            .ThenByDescending(static r => ImageName.Parse(r.Name));
        foreach (var record in candidates)
        {
            if (request.Tags.Count == 0 || HasTags((await images.ReadAsync(ImageName.Parse(record.Name), cancellationToken)).Manifest, request.Tags))
            {
                return record.ToInfo();
            }
        }

        var where = request.Directory.Length == 0 ? "on this server" : $"{(request.NotBelow ? "in" : "below")} {request.Directory}";
        throw new RpcException(
            RpcStatus.NotFound, request.Tags.Count == 0 ? $"no image is {where}" : $"no image {where} has these tags", ImageErrorCode.NoSuchImage);
    }

    private static bool HasTags(byte[] manifest, IReadOnlyDictionary<string, string> wanted)
    {
        var tags = Manifest.Decode(manifest).Tags;
        return wanted.All(w => tags.TryGetValue(w.Key, out var value) && (w.Value.Length == 0 || w.Value == value));
    }

    private async ValueTask<ImageUsage> EstimateUsageAsync(ImageNameRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ImageName.TryParse(request.Name, out var parsed, out var reason)
            ? parsed
            : throw new RpcException(RpcStatus.InvalidArgument, reason, ImageErrorCode.BadName);
        var (record, bytes) = await images.ReadAsync(name, cancellationToken);
        return await Task.Run(() => Estimate(record, Manifest.Decode(bytes), cancellationToken), cancellationToken);
    }

    private ImageUsage Estimate(NameRecord record, Manifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var others = new Reachability(archive);
            foreach (var other in names.List("").Where(r => r.Manifest != record.Manifest))
            {
                others.Add(other.Manifest, other.Name, cancellationToken);
            }

            var own = TreeInventory.Read(new FileTree(manifest.Root, archive.BlockSource), cancellationToken);
            long stored = 0;
            long unshared = 0;
            foreach (var reference in own.Objects)
            {
                stored += reference.Size;
                unshared += others.Objects.MayContain(reference.Id) ? 0 : reference.Size;
            }

            foreach (var block in own.Blocks)
            {
                var size = Math.Max(0, archive.Store(ObjectKind.Block).GetSize(block));
                stored += size;
                unshared += others.Blocks.Contains(block) ? 0 : size;
            }

            // Nothing is known of a file's blocks but its size: half a block is what rounding up adds to each on average.
            var machine = own.Bytes + own.Files * (DiskBlock / 2) + own.Directories * DiskBlock;
            return new ImageUsage { MachineBytes = machine, StoredBytes = stored, OwnBytes = unshared };
        }
        catch (Exception e) when (e is UnreachableException or MissingBlockException or CorruptTreeException)
        {
            throw new RpcException(RpcStatus.Internal, $"the usage cannot be told: {e.Message}; push the image again", ImageErrorCode.CorruptObject, retryable: false, e);
        }
    }
}
