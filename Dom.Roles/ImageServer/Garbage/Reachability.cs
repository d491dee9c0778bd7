using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Roles.ImageServer.Garbage;

/// <summary>Everything that images reach: manifests, blocks, objects. A block that several images share is read once.</summary>
internal sealed class Reachability(ImageArchive archive)
{
    private readonly HashSet<ObjectId> _manifests = [];
    private readonly HashSet<ObjectId> _blocks = [];
    private readonly ObjectPrefixSet _objects = new();
    private readonly List<ObjectId> _below = [];
    private readonly List<ObjectReference> _references = [];

    /// <summary>Manifests that are in use.</summary>
    public IReadOnlySet<ObjectId> Manifests => _manifests;

    /// <summary>Blocks that are in use.</summary>
    public IReadOnlySet<ObjectId> Blocks => _blocks;

    /// <summary>Objects that are in use.</summary>
    public ObjectPrefixSet Objects => _objects;

    /// <summary>Adds what a manifest reaches.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="UnreachableException">Something on the way is missing or corrupt, so what lies behind it is not known.</exception>
    public void Add(ObjectId manifest, string name, CancellationToken cancellationToken)
    {
        if (!_manifests.Add(manifest))
        {
            return;
        }

        try
        {
            var decoded = ReadManifest(manifest);
            Walk(decoded.Root, cancellationToken);
            foreach (var attachment in decoded.Attachments)
            {
                _objects.Add(attachment.Id);
            }

            _objects.Settle();
        }
        catch (Exception e) when (e is ObjectNotFoundException or MissingBlockException or CorruptObjectException or CorruptTreeException or ManifestException)
        {
            _manifests.Remove(manifest);
            throw new UnreachableException(name, e);
        }
    }

    private Manifest ReadManifest(ObjectId digest)
    {
        var bytes = archive.Manifests.ReadAll(digest, Manifest.MaxBytes);
        var actual = ObjectId.Of(bytes);
        return actual == digest ? Manifest.Decode(bytes) : throw new CorruptObjectException(digest, $"the bytes stored have the digest {actual}");
    }

    private void Walk(ObjectId root, CancellationToken cancellationToken)
    {
        // A block counts as seen only when all below it was read: after an error the next walk must meet it again.
        var walked = new List<ObjectId>();
        var next = new Stack<ObjectId>();
        Push(root);
        try
        {
            while (next.TryPop(out var digest))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _below.Clear();
                _references.Clear();
                BlockReferences.Read(archive.BlockSource.Get(digest), _below, _references);
                _below.ForEach(Push);
                foreach (var reference in _references)
                {
                    _objects.Add(reference.Id);
                }
            }
        }
        catch
        {
            _blocks.ExceptWith(walked);
            throw;
        }

        void Push(ObjectId digest)
        {
            if (_blocks.Add(digest))
            {
                walked.Add(digest);
                next.Push(digest);
            }
        }
    }
}
