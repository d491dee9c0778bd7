using System.Collections.Concurrent;
using System.Text;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>The three stores of an image server, and the place where corrupt files go.</summary>
internal sealed class ImageArchive : IAsyncDisposable
{
    /// <summary>Unfinished uploads older than this are removed at the start.</summary>
    private static readonly TimeSpan PartialLifetime = TimeSpan.FromDays(7);

    private readonly DirectoryHandle _corrupt;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<(ObjectKind Kind, ObjectId Id), byte> _setAside = new();
    private long _corruptFound;

    private ImageArchive(PackedObjectStore objects, PackedObjectStore blocks, PackedObjectStore manifests, DirectoryHandle corrupt, ILogger log)
    {
        Objects = objects;
        Blocks = blocks;
        Manifests = manifests;
        _corrupt = corrupt;
        _log = log;
    }

    /// <summary>Contents of files.</summary>
    public PackedObjectStore Objects { get; }

    /// <summary>Blocks of trees.</summary>
    public PackedObjectStore Blocks { get; }

    /// <summary>Manifests.</summary>
    public PackedObjectStore Manifests { get; }

    /// <summary>Corrupt files met since the start.</summary>
    public long CorruptFound => Interlocked.Read(ref _corruptFound);

    /// <summary>Damaged objects that were set aside and have not been stored again.</summary>
    public int DamagedCount => _setAside.Keys.Count(k => Store(k.Kind).GetSize(k.Id) < 0);

    /// <summary>Opens the stores below a directory. Nothing is read but the names of unfinished uploads.</summary>
    public static async Task<ImageArchive> OpenAsync(string directory, TimeProvider time, ILogger log)
    {
        var since = time.GetUtcNow() - PartialLifetime;
        var opened = new Stack<PackedObjectStore>();
        try
        {
            foreach (var name in new[] { "objects", "blocks", "manifests" })
            {
                opened.Push(PackedObjectStore.Open(Path.Combine(directory, name), since));
            }

            using var root = DirectoryHandle.Open(directory);
            var corrupt = root.OpenOrMakeDirectory("corrupt"u8, 0x1c0 /* 0700 */);
            var stores = opened.Reverse().ToArray();
            foreach (var (name, fault) in stores.SelectMany(static s => s.DamagedPacks))
            {
                log.DamagedPack(name, fault);
            }

            var archive = new ImageArchive(stores[0], stores[1], stores[2], corrupt, log);
            archive.FindSetAside();
            return archive;
        }
        catch
        {
            foreach (var store in opened)
            {
                await store.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>The store of a kind.</summary>
    public PackedObjectStore Store(ObjectKind kind) => kind switch
    {
        ObjectKind.Object => Objects,
        ObjectKind.Block => Blocks,
        ObjectKind.Manifest => Manifests,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of object"),
    };

    /// <summary>Blocks for walking a tree; a corrupt one is set aside and counts as missing.</summary>
    public IBlockSource BlockSource => new VerifiedBlocks(this);

    /// <summary>
    /// Sets a file aside whose bytes have another digest than its name. From then on the object is missing, so that the next push of it
    /// stores it again; the file is kept for a person to look at.
    /// </summary>
    public void SetAside(ObjectKind kind, CorruptObjectException fault)
    {
        Interlocked.Increment(ref _corruptFound);
        _setAside[(kind, fault.Id)] = 0;
        Store(kind).MoveTo(fault.Id, _corrupt, FileName(kind, fault.Id));
        _log.CorruptObject(kind, fault.Id.ToString(), fault.Message);
    }

    /// <summary>Forgets damaged objects that no image needs any more; their files are removed.</summary>
    public void ForgetDamaged(Func<ObjectKind, ObjectId, bool> isUsed)
    {
        foreach (var (kind, id) in _setAside.Keys)
        {
            if (!isUsed(kind, id) || Store(kind).GetSize(id) >= 0)
            {
                _setAside.TryRemove((kind, id), out _);
                _corrupt.UnlinkIfExists(FileName(kind, id));
            }
        }
    }

    /// <summary>Makes everything stored so far durable.</summary>
    public Task SyncAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Objects.SyncAsync(cancellationToken), Blocks.SyncAsync(cancellationToken), Manifests.SyncAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Objects.DisposeAsync();
        await Blocks.DisposeAsync();
        await Manifests.DisposeAsync();
        _corrupt.Dispose();
    }

    private static byte[] FileName(ObjectKind kind, ObjectId id) => Encoding.ASCII.GetBytes($"{kind.ToString().ToLowerInvariant()}-{id}");

    /// <summary>What an earlier process set aside.</summary>
    private void FindSetAside()
    {
        var reader = new DirectoryReader();
        reader.Begin(_corrupt);
        while (reader.MoveNext(out _))
        {
            var parts = Encoding.ASCII.GetString(reader.Name).Split('-');
            if (parts.Length == 2 && Enum.TryParse<ObjectKind>(parts[0], ignoreCase: true, out var kind) && ObjectId.TryParse(parts[1], out var id))
            {
                _setAside[(kind, id)] = 0;
            }
        }
    }

    private sealed class VerifiedBlocks(ImageArchive archive) : IBlockSource
    {
        public Block Get(ObjectId digest)
        {
            try
            {
                var bytes = archive.Blocks.ReadAll(digest, TreeFormat.MaxBlockBytes);
                var actual = ObjectId.Of(bytes);
                return actual == digest
                    ? new Block(digest, bytes)
                    : throw new CorruptObjectException(digest, $"the {bytes.Length} bytes stored have the digest {actual}");
            }
            catch (ObjectNotFoundException)
            {
                throw new MissingBlockException(digest);
            }
            catch (CorruptObjectException e)
            {
                archive.SetAside(ObjectKind.Block, e);
                throw new MissingBlockException(digest);
            }
        }
    }
}
