using System.Text;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Removes from the private directory what no image needs any more, once the machine is equal to the required one.</summary>
internal sealed class StoreCleaner(SubParts parts, Convergence convergence, ILogger log)
{
    private HashSet<ObjectId> _cleanedFor = [];

    /// <summary>Cleans up if the machine is compliant, what the planned image needs is known, and the images in use are others than last time.</summary>
    public void CleanIfSettled()
    {
        var images = convergence.ImagesInUse();
        var inUse = images.Select(image => image.Manifest).ToHashSet();
        if (!convergence.IsCompliant || convergence.AwaitsPlan || parts.Directions.AnyRunning || (_cleanedFor.SetEquals(inUse) && _cleanedFor.Count > 0))
        {
            return;
        }

        try
        {
            var needed = (convergence.Planned?.Plan?.NeededObjects() ?? []).Select(static n => n.Id).ToHashSet();
            var sets = images.Select(image => image.ComputedSet).Where(static digest => !digest.IsNone).ToHashSet();
            foreach (var set in sets.Select(parts.Computed.Find).OfType<Core.Trees.Comparison.ComputedSet>())
            {
                needed.UnionWith(set.Files.Select(static file => file.Object));
            }

            parts.Computed.Keep(sets);
            var objects = Sweep(parts.Directory.Directory, "objects"u8, parts.Directory.Objects, needed);
            var blocks = Sweep(parts.Directory.Directory, "trees"u8, parts.Directory.Trees, parts.Library.Reach(inUse));
            _cleanedFor = inUse;
            if (objects + blocks > 0)
            {
                log.Cleaned(objects, blocks);
            }
        }
        catch (Exception e) when (e is IOException or MissingBlockException or ManifestException)
        {
            log.CleaningFailed(e.Message);
        }
    }

    private static int Sweep(DirectoryHandle directory, ReadOnlySpan<byte> name, FileObjectStore store, HashSet<ObjectId> keep)
    {
        using var root = directory.OpenDirectory(name);
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
                    if (ObjectId.TryParse(Encoding.ASCII.GetString([.. prefix, .. rest]), out var id) && !keep.Contains(id) && store.Remove(id))
                    {
                        removed++;
                    }
                }
            }
        }

        return removed;
    }
}
