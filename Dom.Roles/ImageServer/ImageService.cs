using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.ImageServer.Directories;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>The methods of <c>ImageServer</c>: images by name.</summary>
internal sealed class ImageService(
    ImageArchive archive,
    ImageNames names,
    ImageDirectories directories,
    ImageRights rights,
    UploadLeases leases,
    ImageServerCounters counters,
    ImageServerOptions options,
    TimeProvider time,
    ILogger log)
{
    private const int PageSize = 500;

    private readonly ImageAdmission _admission = new(archive, leases);

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(ImageServerMethods.BeginUpload, BeginUploadAsync);
        router.Map(ImageServerMethods.AddImage, AddImageAsync);
        router.Map(ImageServerMethods.GetImage, GetImageAsync);
        router.MapServerStream(ImageServerMethods.ListImages, ListImagesAsync);
        router.Map(ImageServerMethods.DeleteImage, DeleteImageAsync);
        router.Map(ImageServerMethods.CheckImage, CheckImageAsync);
    }

    /// <summary>The record and manifest of an image.</summary>
    public async Task<(NameRecord Record, byte[] Manifest)> ReadAsync(ImageName name, CancellationToken cancellationToken)
    {
        var record = RequireExisting(names.Find(name), name);
        try
        {
            return (record, await archive.Manifests.ReadVerifiedAsync(record.Manifest, Manifest.MaxBytes, cancellationToken));
        }
        catch (Exception e) when (e is CorruptObjectException or ObjectNotFoundException)
        {
            throw new RpcException(
                RpcStatus.Internal, $"the manifest of {name} cannot be read: {e.Message}; push the image again under another name",
                ImageErrorCode.CorruptObject, retryable: false, e);
        }
    }

    private ValueTask<BeginUploadResponse> BeginUploadAsync(BeginUploadRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParseName(request.Name);
        call.SetAudit(name.ToString());
        RequireUsable(names.Find(name), name);
        RequireSpace(request.Bytes);
        var lease = leases.Begin(call.Caller.User, name, request.Bytes);
        return new(new BeginUploadResponse { Lease = lease.Id, Lifetime = UploadLeases.Lifetime });
    }

    private async ValueTask<ImageInfo> AddImageAsync(AddImageRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParseName(request.Name);
        call.SetAudit(name.ToString());
        var lease = request.Lease.Length > 0 ? leases.Use(request.Lease, call.Caller.User) : null;
        var manifest = ImageAdmission.Decode(request.Manifest).WithoutStamp();
        if (names.Find(name)?.HasExpired(time.GetUtcNow()) == true)
        {
            await names.ExpireAsync(time.GetUtcNow(), cancellationToken);
        }

        if (await FindSameAsync(name, names.Find(name), manifest, cancellationToken) is { } same)
        {
            return same;
        }

        directories.RequireLifetime(name.Directory, manifest.ExpiresOn - time.GetUtcNow());
        var keep = lease ?? leases.Begin(call.Caller.User, name, 0);
        var stamped = manifest with { CreatedBy = call.Caller.User, CreatedOn = TruncateToMilliseconds(time.GetUtcNow()) };
        try
        {
            // What is found complete after a sync is durable; the other way round a sync that fails could take away what was found.
            await archive.SyncAsync(cancellationToken);
            await Task.Run(() => _admission.RequireCompleteAsync(manifest, keep, cancellationToken), cancellationToken);
            var record = await StoreAsync(name, stamped, leases.Use(keep.Id, keep.User), cancellationToken);
            leases.End(keep);
            counters.Added();
            log.ImageAdded(name.ToString(), call.Caller.User, stamped.Inodes, stamped.Bytes, record.Manifest.ToString());
            return record.ToInfo();
        }
        catch (IOException e) when (DiskFault.From(e) is { } full)
        {
            throw full;
        }
        finally
        {
            if (lease is null)
            {
                leases.End(keep);
            }
        }
    }

    private async Task<NameRecord> StoreAsync(ImageName name, Manifest manifest, UploadLease keep, CancellationToken cancellationToken)
    {
        var bytes = manifest.Encode();
        var digest = ObjectId.Of(bytes);
        leases.Protect(keep, [digest]);
        await archive.Manifests.AddAsync(digest, bytes, cancellationToken);
        await archive.Manifests.SyncAsync(cancellationToken);
        return await names.ChangeAsync(
            name,
            existing => existing is null
                ? new NameRecord
                {
                    Name = name.ToString(),
                    Manifest = digest,
                    Inodes = manifest.Inodes,
                    Bytes = manifest.Bytes,
                    CreatedOn = manifest.CreatedOn,
                    CreatedBy = manifest.CreatedBy,
                    ExpiresOn = manifest.ExpiresOn,
                }
                : throw InUse(name, existing),
            cancellationToken);
    }

    /// <summary>The image that stands, when it is the one being added: then adding it once more is no error. Throws for another one.</summary>
    private async Task<ImageInfo?> FindSameAsync(ImageName name, NameRecord? existing, Manifest manifest, CancellationToken cancellationToken)
    {
        RequireUsable(existing, name);
        if (existing is null)
        {
            return null;
        }

        var (record, bytes) = await ReadAsync(name, cancellationToken);
        return Manifest.Decode(bytes).WithoutStamp().Encode().AsSpan().SequenceEqual(manifest.Encode())
            ? record.ToInfo()
            : throw InUse(name, existing);
    }

    private async ValueTask<ImageResponse> GetImageAsync(ImageNameRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var (record, manifest) = await ReadAsync(ParseName(request.Name), cancellationToken);
        return new ImageResponse { Info = record.ToInfo(), Manifest = manifest };
    }

    private async IAsyncEnumerable<ListImagesResponse> ListImagesAsync(
        ListImagesRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in names.List(request.Directory).Chunk(PageSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ListImagesResponse { Images = [.. page.Select(static r => r.ToInfo())] };
        }

        await ValueTask.CompletedTask;
    }

    private async ValueTask<DeleteImageResponse> DeleteImageAsync(ImageNameRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParseName(request.Name);
        call.SetAudit(name.ToString());
        var record = RequireExisting(names.Find(name), name);
        var manifest = Manifest.Decode((await ReadAsync(name, cancellationToken)).Manifest);
        rights.RequireOwner(record, manifest, call.Caller, ImageServerMethods.DeleteImage);
        await names.ChangeAsync(
            name,
            existing => RequireExisting(existing, name) with { DeletedOn = TruncateToMilliseconds(time.GetUtcNow()), DeletedBy = call.Caller.User },
            cancellationToken);
        log.ImageDeleted(name.ToString(), call.Caller.User);
        return new DeleteImageResponse();
    }

    private async ValueTask<CheckImageResponse> CheckImageAsync(ImageNameRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParseName(request.Name);
        var record = RequireExisting(names.Find(name), name);
        return await new ImageCheck(archive).RunAsync(record.Manifest, cancellationToken);
    }

    private void RequireSpace(long bytes)
    {
        if (bytes < 0)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"an upload cannot have {bytes} bytes");
        }

        // Some room stays free for names, and for the directories that many small files need.
        var disk = archive.Objects.GetFileSystemStatus();
        var reserve = (long)(disk.TotalBytes * (options.ReservePercent / 100));
        var free = disk.AvailableBytes - reserve - leases.Outstanding;
        if (bytes > free)
        {
            throw new RpcException(
                RpcStatus.ResourceExhausted,
                $"the upload needs {bytes} bytes, the image server has {Math.Max(0, free)} free (uploads under way counted); "
                + "delete images and collect garbage (`dom image gc`), make room on that disk, or move StateDirectory to a larger one",
                ImageErrorCode.DiskFull,
                retryable: false);
        }
    }

    private static ImageName ParseName(string text) => ImageName.TryParse(text, out var name, out var reason)
        ? name
        : throw new RpcException(RpcStatus.InvalidArgument, reason, ImageErrorCode.BadName);

    private NameRecord RequireExisting(NameRecord? record, ImageName name) => record switch
    {
        null => throw new RpcException(RpcStatus.NotFound, $"there is no image {name}", ImageErrorCode.NoSuchImage),
        { DeletedOn: { } on } => throw new RpcException(
            RpcStatus.NotFound, $"the image {name} was deleted by {record.DeletedBy} on {on:yyyy-MM-dd HH:mm:ss}Z", ImageErrorCode.NoSuchImage),
        _ when record.HasExpired(time.GetUtcNow()) => throw new RpcException(
            RpcStatus.NotFound, $"the image {name} expired on {record.ExpiresOn:yyyy-MM-dd HH:mm:ss}Z", ImageErrorCode.NoSuchImage),
        _ => record,
    };

    private void RequireUsable(NameRecord? record, ImageName name)
    {
        if (names.IsDamaged(name))
        {
            throw new RpcException(
                RpcStatus.Conflict,
                $"the file of the name {name} is damaged, so the name counts as used; restore the file from a backup, or choose another name",
                ImageErrorCode.NameInUse);
        }

        if (record is { DeletedOn: not null })
        {
            throw new RpcException(
                RpcStatus.Conflict, $"an image {name} was deleted; a name is never used again, choose another one", ImageErrorCode.NameDeleted);
        }
    }

    private static RpcException InUse(ImageName name, NameRecord existing) => existing.DeletedOn is null
        ? new(RpcStatus.Conflict, $"another image is called {name} (added by {existing.CreatedBy}); choose another name", ImageErrorCode.NameInUse)
        : new(RpcStatus.Conflict, $"an image {name} was deleted; a name is never used again, choose another one", ImageErrorCode.NameDeleted);

    private static DateTimeOffset TruncateToMilliseconds(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
