using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Removes from the private directory what no image needs any more, once the machine is equal to the required one.</summary>
internal sealed class StoreCleaner(SubParts parts, Convergence convergence, ILogger log)
{
    private HashSet<(ObjectId Manifest, ObjectId ComputedSet)> _cleanedFor = [];
    private IReadOnlyList<ObjectId> _keptRecent = [];

    /// <summary>
    /// Cleans up if nobody uses the stores, the machine is compliant, what the planned image needs is known, and the images in use are others than last time.
    /// Ends early when somebody wants to use the stores. The trees of images that were looked at until a moment ago stay.
    /// </summary>
    public void CleanIfSettled()
    {
        using var cleaning = parts.Stores.TryClean();
        if (cleaning is null || WhyNot() is not null)
        {
            return;
        }

        var images = convergence.ImagesInUse();
        var inUse = images.Select(static image => (image.Manifest, image.ComputedSet)).ToHashSet();
        var recent = parts.Library.Recent;
        if (_cleanedFor.SetEquals(inUse) && _cleanedFor.Count > 0 && _keptRecent.SequenceEqual(recent))
        {
            return;
        }

        try
        {
            Clean(images, recent, cleaning, countOnly: false);
            (_cleanedFor, _keptRecent) = cleaning.IsWanted ? ([], []) : (inUse, recent);
        }
        catch (Exception e) when (e is IOException or MissingBlockException or ManifestException)
        {
            log.CleaningFailed(e.Message);
        }
    }

    /// <summary>Cleans up now, whatever was cleaned before, or only counts.</summary>
    /// <exception cref="RpcException">It cannot be told now what is needed, somebody uses the stores, or they cannot be read.</exception>
    public (int Objects, int Blocks) Clean(bool countOnly)
    {
        using var cleaning = parts.Stores.TryClean() ?? throw new RpcException(RpcStatus.Conflict, "something is being fetched, updated or cleaned; try again when that is over", "Busy");
        if (WhyNot() is { } reason)
        {
            throw new RpcException(RpcStatus.Conflict, reason, "NotSettled");
        }

        try
        {
            return Clean(convergence.ImagesInUse(), [], cleaning, countOnly);
        }
        catch (Exception e) when (e is IOException or MissingBlockException or ManifestException)
        {
            log.CleaningFailed(e.Message);
            throw new RpcException(RpcStatus.Internal, $"the stores cannot be cleaned: {e.Message}", "CleaningFailed", retryable: false, e);
        }
    }

    /// <summary>Why nothing may be removed now: it is not known what is still needed.</summary>
    private string? WhyNot() =>
        !convergence.IsCompliant ? "the machine is not equal to the required image: what lies in its stores may be needed for that"
        : convergence.AwaitsPlan ? "what the planned image needs is not known yet"
        : null;

    private (int Objects, int Blocks) Clean(IReadOnlyList<ImageReference> images, IReadOnlyList<ObjectId> recent, StoreGate.Cleaning cleaning, bool countOnly)
    {
        var sets = images.Select(static image => image.ComputedSet).Append(parts.Computed.LastReceived).Where(static digest => !digest.IsNone).ToHashSet();
        var needed = (convergence.Planned?.Plan?.NeededObjects() ?? []).Select(static n => n.Id).ToHashSet();
        foreach (var set in sets.Select(parts.Computed.Find).OfType<ComputedSet>())
        {
            needed.UnionWith(set.Files.Select(static file => file.Object));
        }

        if (!countOnly)
        {
            parts.Computed.Keep(sets);
        }

        var trees = parts.Library.Reach(images.Select(static image => image.Manifest).Concat(recent));
        var objects = Sweep("objects"u8, parts.Directory.Objects, needed, cleaning, countOnly);
        var blocks = Sweep("trees"u8, parts.Directory.Trees, trees, cleaning, countOnly);
        if (objects + blocks > 0 && !countOnly)
        {
            log.Cleaned(objects, blocks);
        }

        return (objects, blocks);
    }

    private int Sweep(ReadOnlySpan<byte> name, FileObjectStore store, HashSet<ObjectId> keep, StoreGate.Cleaning cleaning, bool countOnly)
    {
        using var root = parts.Directory.Directory.OpenDirectory(name);
        var removed = 0;
        foreach (var prefix in root.ListNames())
        {
            if (prefix.Length != 2 || root.TryOpenDirectory(prefix, out var inner) != Errno.None)
            {
                continue;
            }

            using (inner)
            {
                foreach (var rest in inner!.ListNames())
                {
                    if (cleaning.IsWanted)
                    {
                        return removed;
                    }

                    if (ObjectId.TryParse(Encoding.ASCII.GetString([.. prefix, .. rest]), out var id) && !keep.Contains(id) && (countOnly || store.Remove(id)))
                    {
                        removed++;
                    }
                }
            }
        }

        return removed;
    }
}
