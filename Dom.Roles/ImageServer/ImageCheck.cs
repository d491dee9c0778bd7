using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Roles.ImageServer;

/// <summary>Reads and verifies every block and object of an image. What is corrupt is named and set aside.</summary>
internal sealed class ImageCheck(ImageArchive archive)
{
    private const int MaxNamed = 1000;

    private readonly List<ObjectId> _missing = [];
    private readonly List<ObjectId> _corrupt = [];
    private readonly HashSet<ObjectReference> _objects = [];
    private readonly byte[] _buffer = new byte[ObjectChunk.MaxBytes];
    private long _blocks;
    private long _read;
    private long _bytes;

    /// <summary>Checks one image; a check is used once.</summary>
    public async Task<CheckImageResponse> RunAsync(ObjectId manifest, CancellationToken cancellationToken)
    {
        if (await ReadAsync(ObjectKind.Manifest, manifest, Manifest.MaxBytes, cancellationToken) is { } bytes)
        {
            var decoded = Manifest.Decode(bytes);
            await CheckBlocksAsync(decoded.Root, cancellationToken);
            _objects.UnionWith(decoded.Attachments);
            foreach (var reference in _objects)
            {
                await CheckObjectAsync(reference, cancellationToken);
            }
        }

        return new CheckImageResponse { Blocks = _blocks, Objects = _read, Bytes = _bytes, Missing = _missing, Corrupt = _corrupt };
    }

    private async Task CheckBlocksAsync(ObjectId root, CancellationToken cancellationToken)
    {
        var seen = new HashSet<ObjectId> { root };
        var next = new Stack<ObjectId>([root]);
        var below = new List<ObjectId>();
        while (next.TryPop(out var digest))
        {
            if (await ReadAsync(ObjectKind.Block, digest, TreeFormat.MaxBlockBytes, cancellationToken) is not { } bytes)
            {
                continue;
            }

            _blocks++;
            below.Clear();
            BlockReferences.Read(new Block(digest, bytes), below, _objects);
            foreach (var child in below)
            {
                if (seen.Add(child))
                {
                    next.Push(child);
                }
            }
        }
    }

    private async Task<byte[]?> ReadAsync(ObjectKind kind, ObjectId id, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await archive.Store(kind).ReadVerifiedAsync(id, maxBytes, cancellationToken);
            _bytes += bytes.Length;
            return bytes;
        }
        catch (ObjectNotFoundException)
        {
            Name(_missing, id);
        }
        catch (CorruptObjectException e)
        {
            archive.SetAside(kind, e);
            Name(_corrupt, id);
        }

        return null;
    }

    private async Task CheckObjectAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        try
        {
            _bytes += await archive.Objects.VerifyAsync(reference.Id, _buffer, cancellationToken);
            _read++;
        }
        catch (ObjectNotFoundException)
        {
            Name(_missing, reference.Id);
        }
        catch (CorruptObjectException e)
        {
            archive.SetAside(ObjectKind.Object, e);
            Name(_corrupt, reference.Id);
        }
    }

    private static void Name(List<ObjectId> list, ObjectId id)
    {
        if (list.Count < MaxNamed)
        {
            list.Add(id);
        }
    }
}
