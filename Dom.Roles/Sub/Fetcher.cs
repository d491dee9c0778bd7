using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Roles.Sub.Images;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Brings what is missing of an image under a grant (rule 17): manifest, blocks, then the contents the plan needs. What the machine has is not fetched.</summary>
internal sealed class Fetcher(SubParts parts, Convergence convergence, Func<string, RpcChannel> connect, NetworkShare network, ILogger log)
{
    /// <summary>Fetches until everything granted is here. What arrived before a failure or a halt is kept.</summary>
    /// <exception cref="ImageFetchException">No server delivered.</exception>
    /// <exception cref="RpcException">No server can be reached.</exception>
    public async Task FetchAsync(ImageReference image, FetchRequest grant, CancellationToken cancellationToken)
    {
        var sources = grant.Servers.Select(server => new ImageSource(server, connect(server))).ToList();
        try
        {
            using var speed = new FetchSpeed(network, grant);
            var downloader = new ImageDownloader(sources, new DownloadOptions { Limit = speed.Limit });
            var manifest = await downloader.FetchManifestAsync(image.Manifest, parts.Directory.Trees, cancellationToken);
            await downloader.FetchTreeAsync(manifest.Root, parts.Directory.Trees, FindOwnBlock, cancellationToken);
            var local = grant.Scope == FetchScope.Everything ? await FetchContentsAsync(image, downloader, cancellationToken) : 0;
            log.Fetched(image.Name, downloader.BytesReceived, local);
        }
        finally
        {
            foreach (var source in sources)
            {
                await source.Channel.DisposeAsync();
            }
        }
    }

    private async Task<int> FetchContentsAsync(ImageReference image, ImageDownloader downloader, CancellationToken cancellationToken)
    {
        var assessment = await WhenComparedAsync(image, cancellationToken);
        if (assessment.Readiness == ImageReadiness.InsufficientSpace)
        {
            throw new IOException(assessment.Shortage);
        }

        var copied = await new OwnContentCopy(parts).CopyAsync(assessment.Missing, cancellationToken);
        var missing = assessment.Missing.Where(needed => parts.Directory.Objects.GetSize(needed.Id) < 0);
        await downloader.FetchObjectsAsync(missing.Select(needed => new ObjectReference(needed.Id, needed.Size)), parts.Directory.Objects, cancellationToken);
        return copied;
    }

    /// <summary>Waits until the scan covers what the image's filter makes visible and the plan is known.</summary>
    private async Task<Assessment> WhenComparedAsync(ImageReference image, CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = parts.State.Current.Generation;
            await convergence.LookNowAsync(static state => state, cancellationToken);
            var assessment = await convergence.AssessAsync(image, cancellationToken);
            if (assessment.Readiness != ImageReadiness.Comparing)
            {
                return assessment;
            }

            await parts.State.WhenNot(generation).WaitAsync(cancellationToken);
        }
    }

    private Block? FindOwnBlock(ObjectId digest)
    {
        try
        {
            return parts.Watch.Current?.Tree.Tree.Blocks.Get(digest);
        }
        catch (MissingBlockException)
        {
            return null;
        }
    }
}
