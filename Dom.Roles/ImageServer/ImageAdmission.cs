using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Roles.ImageServer;

/// <summary>Decides whether a manifest may become an image: its tree follows the format, all of it is stored, its totals are true.</summary>
internal sealed class ImageAdmission(ImageArchive archive, UploadLeases leases)
{
    private const int NamedFaults = 5;

    /// <summary>Decodes a manifest that a client sent.</summary>
    public static Manifest Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var manifest = Manifest.Decode(bytes);

            // A field this server does not know would be lost when it adds creator and time.
            return manifest.Encode().AsSpan().SequenceEqual(bytes.Span)
                ? manifest
                : throw new ManifestException("the manifest is not in canonical form, or has fields this image server does not know; update the server first");
        }
        catch (ManifestException e)
        {
            throw new RpcException(RpcStatus.InvalidArgument, e.Message, ImageErrorCode.BadManifest, innerException: e);
        }
    }

    /// <summary>Checks that everything below the root is stored and as the manifest says; throws <see cref="RpcException"/> when not.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="lease">Keeps from now on all that was found.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RequireCompleteAsync(Manifest manifest, UploadLease lease, CancellationToken cancellationToken)
    {
        var tree = new FileTree(manifest.Root, archive.BlockSource);
        TreeInventory inventory;
        try
        {
            TreeVerifier.Verify(tree, image: true, cancellationToken);
            inventory = TreeInventory.Read(tree, cancellationToken);
        }
        catch (MissingBlockException e)
        {
            throw MissingBlock(manifest, e.Digest, e);
        }
        catch (Exception e) when (e is CorruptTreeException or OverflowException)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"the tree {manifest.Root} is refused: {e.Message}", ImageErrorCode.BadTree, innerException: e);
        }

        // Protected first and looked at afterwards: what is stored then, stays.
        leases.Protect(lease, inventory.Blocks);
        leases.Protect(lease, inventory.Objects.Concat(manifest.Attachments).Select(static o => o.Id));
        RequireBlocks(manifest, inventory);
        RequireTrueTotals(manifest, inventory);
        await RequireObjectsAsync(inventory.Objects.Concat(manifest.Attachments), cancellationToken);
    }

    private void RequireBlocks(Manifest manifest, TreeInventory inventory)
    {
        foreach (var block in inventory.Blocks)
        {
            if (archive.Blocks.GetSize(block) < 0)
            {
                throw MissingBlock(manifest, block, null);
            }
        }
    }

    private static RpcException MissingBlock(Manifest manifest, ObjectId block, Exception? cause) => new(
        RpcStatus.Conflict, $"block {block} of the tree {manifest.Root} was not uploaded; push again", ImageErrorCode.MissingObjects, innerException: cause);

    private static void RequireTrueTotals(Manifest manifest, TreeInventory inventory)
    {
        var same = manifest.Inodes == inventory.Inodes && manifest.Directories == inventory.Directories
            && manifest.Files == inventory.Files && manifest.Bytes == inventory.Bytes;
        if (!same)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument,
                $"the manifest's totals are not those of its tree: {inventory.Inodes} inodes, {inventory.Directories} directories, "
                + $"{inventory.Files} files, {inventory.Bytes} bytes",
                ImageErrorCode.BadManifest);
        }
    }

    private async Task RequireObjectsAsync(IEnumerable<ObjectReference> objects, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var count = 0;
        foreach (var reference in objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = archive.Objects.GetSize(reference.Id);
            if (size == reference.Size)
            {
                continue;
            }

            if (size >= 0 && await IsRottenAsync(reference.Id, new byte[ObjectChunk.MaxBytes], cancellationToken))
            {
                size = -1;
            }

            count++;
            if (faults.Count < NamedFaults)
            {
                faults.Add(size < 0 ? $"{reference.Id} is missing" : $"{reference.Id} has {size} bytes, the tree says {reference.Size}");
            }
        }

        if (count > 0)
        {
            var more = count > faults.Count ? $" and {count - faults.Count} more" : "";
            throw new RpcException(
                RpcStatus.Conflict, $"objects of the tree are not stored: {string.Join("; ", faults)}{more}; push again", ImageErrorCode.MissingObjects);
        }
    }

    /// <summary>A size that differs means that either the tree lies or what is stored rotted; the digest tells which.</summary>
    private async Task<bool> IsRottenAsync(ObjectId id, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            await archive.Objects.VerifyAsync(id, buffer, cancellationToken);
            return false;
        }
        catch (CorruptObjectException e)
        {
            archive.SetAside(ObjectKind.Object, e);
            return true;
        }
        catch (ObjectNotFoundException)
        {
            return true;
        }
    }
}
