using Dom.Core.Contracts.ImageServer;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Images;

/// <summary>Makes an image of a directory: reads it, sends what the image server lacks, gives it a name.</summary>
/// <remarks>
/// The directory may be in use. A file that changes while it is sent is read again; one that keeps changing ends the push with its name.
/// Pushing the same directory under the same name again does nothing.
/// </remarks>
public sealed class ImagePusher(RpcChannel server, TimeProvider time)
{
    private const int MaxRounds = 4;

    /// <summary>Pushes a directory.</summary>
    /// <exception cref="PushException">Files keep changing.</exception>
    /// <exception cref="RpcException">The server refused, or could not be reached.</exception>
    /// <exception cref="LinuxException">The directory cannot be read.</exception>
    /// <exception cref="ManifestException">The image would break a rule of manifests.</exception>
    public async Task<PushResult> PushAsync(PushRequest request, IProgress<PushProgress>? progress, CancellationToken cancellationToken)
    {
        using var root = DirectoryHandle.Open(request.Directory);
        var scanner = new TreeScanner(root, new ScanOptions { Time = time });
        var scope = new ScanScope(exclusions: null, request.Filter.IsEmpty ? null : [request.Filter]);
        MachineTree? scanned = null;
        for (var round = 1; ; round++)
        {
            progress?.Report(new PushProgress(PushPhase.Scan, 0, 0));
            var mode = round == 1 ? ScanMode.Sweep : ScanMode.Scrub;
            scanned = (await scanner.ScanAsync(new ScanRequest { Scope = scope, Mode = mode }, scanned, cancellationToken)).Tree;
            var tree = ImageTree.Of(scanned.Tree, request.Owner, cancellationToken);
            var uploader = new ImageUploader(server, root, tree, request.Streams, progress, time);
            try
            {
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
            }
            catch (RpcException e) when (e.Code == ImageErrorCode.MissingObjects && round < MaxRounds)
            {
                // What the server had when it was asked is gone or was found corrupt; it is sent in the next round.
            }
        }
    }

    private async Task<PushResult> AddAsync(
        PushRequest request, ImageTree tree, ImageUploader uploader, string lease, CancellationToken cancellationToken)
    {
        var manifest = new Manifest
        {
            Format = Manifest.CurrentFormat,
            Root = tree.Tree.Root,
            Mode = request.Mode,
            Filter = request.Filter.Lines,
            Triggers = request.Triggers.Triggers,
            Inodes = tree.Inventory.Inodes,
            Directories = tree.Inventory.Directories,
            Files = tree.Inventory.Files,
            Bytes = tree.Inventory.Bytes,
            Notes = request.Notes,
            Tags = request.Tags,
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

    /// <summary>What says that a file changed under the push; null for any other error.</summary>
    private static string? FindChange(Exception fault) => fault switch
    {
        FileChangedException => fault.Message,
        RpcException { Code: ImageErrorCode.CorruptObject } => fault.Message,
        _ => null,
    };
}
