using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Roles.ImageServer.Directories;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Forgets images whose time has come, and lets images last longer.</summary>
internal sealed class ImageExpiry(
    ImageNames names, ImageService images, ImageDirectories directories, ImageRights rights, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Signs of life of the loop: it needs the names and their disk, as every request does.</summary>
    public LoopProgress Progress { get; } = new("imageserver.expiry", time);

    /// <summary>Maps the method.</summary>
    public void MapTo(RpcRouter router) => router.Map(ImageServerMethods.ChangeImageExpiration, ChangeAsync);

    /// <summary>Looks at once and every 30 seconds, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await Progress.ResumeAsync();
            try
            {
                await ExpireAsync(cancellationToken);
            }
            catch (IOException e)
            {
                log.ExpiryFailed(e.Message);
            }

            Progress.Rest(Interval);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Forgets what has expired by now.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        foreach (var record in await names.ExpireAsync(time.GetUtcNow(), cancellationToken))
        {
            log.ImageExpired(record.Name, record.ExpiresOn ?? default);
        }
    }

    private async ValueTask<ImageInfo> ChangeAsync(ImageExpiryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ImageName.TryParse(request.Name, out var parsed, out var reason)
            ? parsed
            : throw new RpcException(RpcStatus.InvalidArgument, reason, ImageErrorCode.BadName);
        call.SetAudit(name.ToString());
        var (found, manifest) = await images.ReadAsync(name, cancellationToken);
        rights.RequireOwner(found, Manifest.Decode(manifest), call.Caller, ImageServerMethods.ChangeImageExpiration);
        directories.RequireLifetime(name.Directory, request.ExpiresOn - time.GetUtcNow());
        var changed = await names.ChangeAsync(name, before => Extend(before, found, request.ExpiresOn), cancellationToken);
        return changed.ToInfo();
    }

    private static NameRecord Extend(NameRecord? before, NameRecord found, DateTimeOffset? expiresOn)
    {
        if (before is null || before.DeletedOn is not null || before.Manifest != found.Manifest)
        {
            throw new RpcException(RpcStatus.NotFound, $"the image {found.Name} has just gone", ImageErrorCode.NoSuchImage);
        }

        return before.ExpiresOn is { } until && (expiresOn is null || expiresOn >= until)
            ? before with { ExpiresOn = expiresOn }
            : throw new RpcException(
                RpcStatus.InvalidArgument,
                before.ExpiresOn is null
                    ? $"the image {before.Name} does not expire; delete it when it is to go"
                    : $"the image {before.Name} expires on {before.ExpiresOn:yyyy-MM-dd HH:mm:ss}Z; its time can be made longer, not shorter",
                ImageErrorCode.ExpiryRefused);
    }
}
