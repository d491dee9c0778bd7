using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Roles.Sub.Images;

/// <summary>The images whose manifests and blocks are here, so that neither a restart nor a broken image server keeps a sub from comparing.</summary>
internal sealed class ImageLibrary(FileObjectStore store, TimeProvider time)
{
    /// <summary>How long the tree of an image that nothing uses any more stays in the store, for whoever compares with it again.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private const int MostKept = 4;

    private readonly Lock _lock = new();
    private readonly List<(ObjectId Manifest, long Since)> _recent = [];
    private readonly Dictionary<ObjectId, LoadedImage> _loaded = [];
    private readonly StoredBlocks _blocks = new(store);

    /// <summary>The image of this manifest; null when the manifest is not here.</summary>
    /// <exception cref="ManifestException">The manifest breaks a rule, or is of a newer release.</exception>
    public LoadedImage? Find(ObjectId manifest)
    {
        lock (_lock)
        {
            if (_loaded.TryGetValue(manifest, out var image))
            {
                return image;
            }

            if (ReadManifest(manifest) is not { } bytes)
            {
                return null;
            }

            image = Load(manifest, bytes);
            _loaded.Add(manifest, image);
            return image;
        }
    }

    /// <summary>The image of this manifest; null when it is not here or cannot be used.</summary>
    public LoadedImage? TryFind(ObjectId manifest)
    {
        try
        {
            return manifest.IsNone ? null : Find(manifest);
        }
        catch (ManifestException)
        {
            return null;
        }
    }

    /// <summary>The triggers of an image; none when it is not here or cannot be used.</summary>
    public TriggerSet FindTriggers(ObjectId manifest) => TryFind(manifest)?.Triggers ?? TriggerSet.Empty;

    /// <summary>The images that were of interest until a moment ago, the newest last: a few, and only for <see cref="KeptFor"/>.</summary>
    public IReadOnlyList<ObjectId> Recent
    {
        get
        {
            lock (_lock)
            {
                _recent.RemoveAll(r => time.GetElapsedTime(r.Since) >= KeptFor);
                return [.. _recent.Select(static r => r.Manifest)];
            }
        }
    }

    /// <summary>Forgets the images that are no longer of interest; what is stored stays.</summary>
    public void Keep(IReadOnlySet<ObjectId> manifests)
    {
        lock (_lock)
        {
            foreach (var digest in _loaded.Keys.Where(digest => !manifests.Contains(digest)).ToArray())
            {
                _loaded.Remove(digest);
                _recent.RemoveAll(r => r.Manifest == digest);
                _recent.Add((digest, time.GetTimestamp()));
            }

            _recent.RemoveRange(0, Math.Max(0, _recent.Count - MostKept));
        }
    }

    /// <summary>Everything that must stay in the store for these images: manifests and all blocks that are here.</summary>
    public HashSet<ObjectId> Reach(IEnumerable<ObjectId> manifests)
    {
        var reached = new HashSet<ObjectId>();
        foreach (var manifest in manifests)
        {
            if (reached.Add(manifest) && ReadManifest(manifest) is { } bytes)
            {
                Reach(Manifest.Decode(bytes).Root, reached);
            }
        }

        return reached;
    }

    private void Reach(ObjectId root, HashSet<ObjectId> reached)
    {
        var open = new Stack<ObjectId>([root]);
        var below = new List<ObjectId>();
        while (open.TryPop(out var digest))
        {
            if (!reached.Add(digest) || store.GetSize(digest) < 0)
            {
                continue;
            }

            below.Clear();
            BlockReferences.Read(_blocks.Get(digest), below, objects: null);
            below.ForEach(open.Push);
        }
    }

    private LoadedImage Load(ObjectId digest, byte[] bytes)
    {
        var manifest = Manifest.Decode(bytes);
        return new LoadedImage(
            digest, manifest, new FileTree(manifest.Root, _blocks), PathFilter.FromLines(manifest.Filter), TriggerSet.Of(manifest.Triggers));
    }

    private byte[]? ReadManifest(ObjectId digest)
    {
        try
        {
            var bytes = store.ReadAll(digest, Manifest.MaxBytes);
            if (ObjectId.Of(bytes) == digest)
            {
                return bytes;
            }

            store.Remove(digest);
            return null;
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
        catch (CorruptObjectException)
        {
            store.Remove(digest);
            return null;
        }
    }
}
