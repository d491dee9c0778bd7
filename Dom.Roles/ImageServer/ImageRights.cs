using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Roles.ImageServer.Directories;

namespace Dom.Roles.ImageServer;

/// <summary>Who may delete an image or let it last longer: its creator, its owners, the owners of its directory, and whose certificate lists the method.</summary>
internal sealed class ImageRights(ImageDirectories directories)
{
    /// <summary>Throws when the caller is none of them.</summary>
    public void RequireOwner(NameRecord record, Manifest manifest, RpcCaller caller, RpcMethod method)
    {
        // MayCall would say yes to everybody: the method is public, so that creators can call it.
        var group = directories.OwnerOf(ImageName.Parse(record.Name).Directory);
        var isOwner = caller.Lists(method) || caller.User == record.CreatedBy || (group.Length > 0 && caller.IsIn(group))
            || manifest.OwnerUsers.Contains(caller.User) || manifest.OwnerGroups.Any(caller.IsIn);
        if (!isOwner)
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"{caller.User} may not do that to {record.Name}: it belongs to {record.CreatedBy}"
                + (group.Length > 0 ? $" and the group {group}" : "") + $", and the certificate does not list {method.FullName}");
        }
    }
}
