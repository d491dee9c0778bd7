using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer.Directories;

/// <summary>The methods that make, list, give away and remove directories of image names.</summary>
/// <remarks>A caller may change a directory when its certificate lists the method, or as a member of the group that owns the directory above.</remarks>
internal sealed class DirectoryService(ImageDirectories directories, ImageNames names, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(ImageServerMethods.MakeDirectory, MakeAsync);
        router.Map(ImageServerMethods.ChownDirectory, ChownAsync);
        router.Map(ImageServerMethods.ChangeDirectoryExpiry, ChangeExpiryAsync);
        router.Map(ImageServerMethods.DeleteDirectory, DeleteAsync);
        router.MapServerStream(ImageServerMethods.ListDirectories, ListAsync);
    }

    private async ValueTask<ImageDirectory> MakeAsync(MakeDirectoryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParsePath(request.Path);
        call.SetAudit(name.ToString());
        RequireOwner(ImageServerMethods.MakeDirectory, call.Caller, name.Directory);
        if (request.OwnerGroup.Length > 0 && !call.Caller.Lists(ImageServerMethods.MakeDirectory))
        {
            RequireMember(call.Caller, request.OwnerGroup);
        }

        if (name.Directory.Length > 0 && directories.Find(name.Directory) is null)
        {
            if (!request.Parents)
            {
                throw new RpcException(
                    RpcStatus.NotFound, $"there is no directory {name.Directory}; make it first, or all at once with --parents", ImageErrorCode.NoSuchDirectory);
            }

            for (var above = name.Directory; above.Length > 0 && directories.Find(above) is null; above = ImageName.Parse(above).Directory)
            {
                await directories.ChangeAsync(ImageName.Parse(above), before => before ?? NewRecord(above, "", call), cancellationToken);
            }
        }

        var made = await directories.ChangeAsync(
            name,
            before => before is null || request.Parents
                ? before ?? NewRecord(name.ToString(), request.OwnerGroup, call)
                : throw new RpcException(RpcStatus.Conflict, $"the directory {name} exists", ImageErrorCode.DirectoryInUse),
            cancellationToken);
        return made!.ToInfo();
    }

    private async ValueTask<ImageDirectory> ChownAsync(ChownDirectoryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParsePath(request.Path);
        call.SetAudit(name.ToString());
        if (!MayChange(ImageServerMethods.ChownDirectory, call.Caller, name.Directory))
        {
            // Not an owner of what is above: a group is given away and taken only by its members.
            RequireMember(call.Caller, directories.OwnerOf(name.ToString()));
            RequireMember(call.Caller, request.OwnerGroup);
        }

        var changed = await directories.ChangeAsync(
            name, before => RequireExisting(before, name) with { OwnerGroup = request.OwnerGroup }, cancellationToken);
        return changed!.ToInfo();
    }

    private async ValueTask<ImageDirectory> ChangeExpiryAsync(DirectoryExpiryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParsePath(request.Path);
        call.SetAudit(name.ToString());
        RequireOwner(ImageServerMethods.ChangeDirectoryExpiry, call.Caller, name.ToString());
        if (!Enum.IsDefined(request.Expiry) || request.MaxLifetime <= TimeSpan.Zero)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "the rule is none of inherited, allowed, required and forbidden, or the longest lifetime is not positive");
        }

        var changed = await directories.ChangeAsync(
            name,
            before => RequireExisting(before, name) with { Expiry = request.Expiry, MaxLifetime = request.MaxLifetime },
            cancellationToken);
        return changed!.ToInfo();
    }

    private async ValueTask<ImageDirectory> DeleteAsync(DirectoryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var name = ParsePath(request.Path);
        call.SetAudit(name.ToString());
        RequireOwner(ImageServerMethods.DeleteDirectory, call.Caller, name.Directory);
        var existing = RequireExisting(directories.Find(name.ToString()), name);
        await directories.ChangeAsync(
            name,
            before =>
            {
                RequireExisting(before, name);
                var images = names.List(name.ToString()).Count;
                var below = directories.List(name.ToString()).Count - 1;
                return images + below == 0
                    ? null
                    : throw new RpcException(
                        RpcStatus.Conflict, $"the directory {name} is not empty: it has {images} images and {below} directories", ImageErrorCode.DirectoryInUse);
            },
            cancellationToken);
        return existing.ToInfo();
    }

    private async IAsyncEnumerable<DirectoryPage> ListAsync(
        DirectoryRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in directories.List(request.Path).Chunk(PageSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new DirectoryPage { Directories = [.. page.Select(static r => r.ToInfo())] };
        }

        await ValueTask.CompletedTask;
    }

    private DirectoryRecord NewRecord(string path, string group, RpcCall call) => new()
    {
        Path = path,
        OwnerGroup = group,
        CreatedOn = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
        CreatedBy = call.Caller.User,
    };

    private bool MayChange(RpcMethod method, RpcCaller caller, string owner) =>
        caller.Lists(method) || (directories.OwnerOf(owner) is { Length: > 0 } group && caller.IsIn(group));

    private void RequireOwner(RpcMethod method, RpcCaller caller, string owner)
    {
        if (!MayChange(method, caller, owner))
        {
            var group = directories.OwnerOf(owner);
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"{caller.User} may not do that: the certificate does not list {method.FullName}, and "
                + (group.Length > 0 ? $"{(owner.Length > 0 ? owner : "the top")} belongs to the group {group}" : "no group owns the directory above"));
        }
    }

    private static void RequireMember(RpcCaller caller, string group)
    {
        if (group.Length == 0 || !caller.IsIn(group))
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                group.Length == 0 ? $"{caller.User} may not do that: no group owns the directory" : $"{caller.User} is not in the group {group}");
        }
    }

    private static DirectoryRecord RequireExisting(DirectoryRecord? record, ImageName name) =>
        record ?? throw new RpcException(RpcStatus.NotFound, $"there is no directory {name}; `dom image mkdir {name}` makes it", ImageErrorCode.NoSuchDirectory);

    private static ImageName ParsePath(string path) => ImageName.TryParse(path, out var name, out var reason)
        ? name
        : throw new RpcException(RpcStatus.InvalidArgument, reason.Replace("image name", "directory", StringComparison.Ordinal), ImageErrorCode.BadName);
}
