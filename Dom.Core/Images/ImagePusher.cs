using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images.Sources;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Makes an image of a directory, an archive, another image: reads it, sends what the image server lacks, gives it a name.</summary>
/// <remarks>
/// A directory may be in use. A file that changes while it is sent is read again; one that keeps changing ends the push with its name.
/// Pushing the same under the same name again does nothing.
/// </remarks>
public sealed class ImagePusher(RpcChannel server, TimeProvider time)
{
    private const int MaxRounds = 4;

    /// <summary>Pushes.</summary>
    /// <exception cref="PushException">Files keep changing, or paths that are required are missing.</exception>
    /// <exception cref="RpcException">The server refused, or could not be reached.</exception>
    /// <exception cref="LinuxException">The source cannot be read.</exception>
    /// <exception cref="ManifestException">The image would break a rule of manifests.</exception>
    public async Task<PushResult> PushAsync(PushRequest request, IProgress<PushProgress>? progress, CancellationToken cancellationToken)
    {
        await using var source = request.Source;
        var context = new PushContext(server, request.Filter, request.Base?.Tree, progress, time);
        var changed = false;
        for (var round = 1; ; round++)
        {
            progress?.Report(new PushProgress(PushPhase.Scan, 0, 0));
            try
            {
                var read = await source.ReadAsync(context, changed, cancellationToken);
                var tree = ImageTree.Of(read.Tree, request.Owner, request.NewComputedPaths.Select(static p => p.Path).ToHashSet(), cancellationToken).WithLeftOut(read.LeftOut);
                RequirePaths(request, tree);
                var uploader = new ImageUploader(server, read.OpenContents, tree, request.Streams, progress, time);
                var lease = await uploader.RunAsync(request.Name, cancellationToken);
                progress?.Report(new PushProgress(PushPhase.Add, 0, 0));
                return await AddAsync(request, tree, uploader, lease, cancellationToken);
            }
            catch (Exception e) when (FindChange(e) is { } change)
            {
                if (round == MaxRounds)
                {
                    throw new PushException($"{change}; filter out what keeps changing, or stop what writes it, and push again", e);
                }

                changed = true;
            }
            catch (RpcException e) when (e.Code == ImageErrorCode.MissingObjects && round < MaxRounds)
            {
                // What the server had when it was asked is gone or was found corrupt; it is sent in the next round.
                changed = false;
            }
        }
    }

    private async Task<PushResult> AddAsync(
        PushRequest request, ImageTree tree, ImageUploader uploader, string lease, CancellationToken cancellationToken)
    {
        if (!request.BuildLog.IsEmpty)
        {
            lease = await AttachmentUpload.SendAsync(server, request.Name, request.BuildLog, lease, cancellationToken);
        }

        var manifest = new Manifest
        {
            Format = Manifest.CurrentFormat,
            Root = tree.Tree.Root,
            Mode = request.Mode,
            Filter = request.Filter.Lines,
            Triggers = request.Triggers.Triggers,
            HealthCommand = request.HealthCommand,
            Inodes = tree.Inventory.Inodes,
            Directories = tree.Inventory.Directories,
            Files = tree.Inventory.Files,
            Bytes = tree.Inventory.Bytes,
            Notes = request.Notes,
            Tags = request.Tags,
            Source = request.Origin,
            BuildLog = ObjectId.Of(request.BuildLog.Span),
            BuildLogBytes = request.BuildLog.Length,
            ExpiresOn = request.ExpiresOn,
            ComputedPaths = [.. request.NewComputedPaths.Concat(request.ComputedPaths).DistinctBy(static p => p.Path).Where(p => tree.Tree.Find(p.Path).Kind == InodeKind.Computed)],
        };
        var added = new AddImageRequest { Name = request.Name.ToString(), Manifest = manifest.Encode(), Lease = lease };
        var image = await server.CallAsync(ImageServerMethods.AddImage, added, cancellationToken);
        return new PushResult
        {
            Image = image,
            Manifest = manifest,
            ObjectsSent = uploader.ObjectsSent,
            BytesSent = uploader.BytesSent,
            BytesSaved = uploader.BytesSaved,
            LeftOut = tree.LeftOut,
        };
    }

    private static void RequirePaths(PushRequest request, ImageTree tree)
    {
        var missing = request.RequiredPaths.Where(path => tree.Tree.Find(path) is var inode
            && (inode.Kind == InodeKind.None || (path.Span[^1] == (byte)'/' && inode.Kind != InodeKind.Directory))).ToList();
        if (missing.Count > 0)
        {
            throw new PushException(
                $"the image would lack {missing.Count} of the paths it must have, above all {string.Join(", ", missing.Take(5))}; nothing was pushed")
            { Code = PushException.MissingPaths };
        }
    }

    /// <summary>What says that a file changed under the push; null for any other error.</summary>
    private static string? FindChange(Exception fault) => fault switch
    {
        FileChangedException => fault.Message,
        RpcException { Code: ImageErrorCode.CorruptObject or ImageErrorCode.FileChanged } => fault.Message,
        _ => null,
    };
}
