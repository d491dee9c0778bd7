using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer.Garbage;

/// <summary>Removes manifests, blocks and objects that no image reaches, no upload under way needs, and that are not young.</summary>
/// <remarks>
/// Marks first, which may take long and stops nothing. Then it sweeps in short steps; each begins with the images that were named meanwhile, and
/// during a step no upload can begin or end to rely on an object. If anything that images reach cannot be read, nothing is removed at all.
/// </remarks>
internal sealed class GarbageCollector(ImageArchive archive, ImageNames names, UploadLeases leases, TimeProvider time, ILogger log) : IDisposable
{
    private const int StepObjects = 1000;
    private const int MaxPacks = 64;

    private readonly SemaphoreSlim _running = new(1);

    /// <summary>The last collection that removed something or could have; null before the first.</summary>
    public CollectGarbageResponse? Last { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset LastOn { get; private set; }

    /// <summary>Why the last collection removed nothing; null when it worked.</summary>
    public string? Fault { get; private set; }

    /// <summary>Collects, or counts what it would remove.</summary>
    /// <exception cref="RpcException">Another collection runs, or an image cannot be read.</exception>
    public async Task<CollectGarbageResponse> RunAsync(TimeSpan age, bool dryRun, CancellationToken cancellationToken)
    {
        if (!await _running.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            throw new RpcException(RpcStatus.Conflict, "another collection of garbage is running; wait until it has ended", RpcErrorCode.Busy, retryable: true);
        }

        try
        {
            var result = await Task.Run(() => CollectAsync(age, dryRun, cancellationToken), cancellationToken);
            Fault = null;
            if (!dryRun)
            {
                (Last, LastOn) = (result, time.GetUtcNow());
                log.GarbageCollected(result.Removed, result.RemovedBytes, result.Packs, result.Kept);
            }

            return result;
        }
        catch (UnreachableException e)
        {
            Fault = $"{e.Message}; push {e.Image} again, or delete it";
            log.GarbageNotCollected(Fault);
            throw new RpcException(RpcStatus.Conflict, $"garbage was not collected: {Fault}", Core.Images.ImageErrorCode.CorruptObject, retryable: false, e);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Joins packs when there are so many that looking an object up takes long.</summary>
    public async Task JoinPacksAsync(CancellationToken cancellationToken)
    {
        if (archive.Objects.PackCount + archive.Blocks.PackCount <= MaxPacks || !await _running.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        try
        {
            await CompactAsync(cancellationToken);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _running.Dispose();

    private async Task<CollectGarbageResponse> CollectAsync(TimeSpan age, bool dryRun, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reach = new Reachability(archive);
        var marked = Mark(reach, -1, cancellationToken);
        var tally = new GarbageTally();
        Sweep(archive.Manifests, reach.Manifests.Contains);
        Sweep(archive.Blocks, reach.Blocks.Contains);
        Sweep(archive.Objects, reach.Objects.MayContain);
        var packs = 0;
        if (!dryRun)
        {
            archive.ForgetDamaged((kind, id) => kind switch
            {
                ObjectKind.Manifest => reach.Manifests.Contains(id),
                ObjectKind.Block => reach.Blocks.Contains(id),
                _ => reach.Objects.MayContain(id),
            });
            packs = await CompactAsync(cancellationToken);
        }

        return tally.ToResponse(dryRun, names.Count, packs, time.GetElapsedTime(started));

        void Sweep(PackedObjectStore store, Func<ObjectId, bool> isUsed)
        {
            foreach (var step in store.List().Chunk(StepObjects))
            {
                cancellationToken.ThrowIfCancellationRequested();
                leases.Sweep(isProtected =>
                {
                    marked = Mark(reach, marked, cancellationToken);
                    foreach (var stored in step)
                    {
                        if (tally.IsGarbage(stored, isUsed(stored.Id), isProtected(stored.Id), time.GetUtcNow() - age) && !dryRun)
                        {
                            store.Remove(stored.Id);
                        }
                    }
                });
            }
        }
    }

    private async Task<int> CompactAsync(CancellationToken cancellationToken) =>
        await archive.Blocks.CompactAsync(e => archive.SetAside(ObjectKind.Block, e), cancellationToken)
        + await archive.Objects.CompactAsync(e => archive.SetAside(ObjectKind.Object, e), cancellationToken);

    /// <summary>Marks the images that have a name, if names changed since. Returns the state of the names that it saw.</summary>
    private long Mark(Reachability reach, long seen, CancellationToken cancellationToken)
    {
        var version = names.Version;
        if (version == seen)
        {
            return seen;
        }

        foreach (var record in names.List(""))
        {
            reach.Add(record.Manifest, record.Name, cancellationToken);
        }

        if (names.Damaged > 0)
        {
            // A damaged name may stand for any manifest.
            foreach (var manifest in archive.Manifests.List())
            {
                reach.Add(manifest.Id, $"the manifest {manifest.Id}, kept for a damaged name,", cancellationToken);
            }
        }

        return version;
    }
}
