using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer;

/// <summary>The right of one user to have objects kept that no image names yet.</summary>
internal sealed class UploadLease(string id, string user, ImageName name, long bytes)
{
    /// <summary>More than an image can have; a client that asks for more is broken or hostile.</summary>
    private const int MaxProtected = 8_000_000;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _protected = [];
    private long _received;
    private long _lastUse;

    /// <summary>The word that names it.</summary>
    public string Id => id;

    /// <summary>Who holds it.</summary>
    public string User => user;

    /// <summary>The name the image will have.</summary>
    public ImageName Name => name;

    /// <summary>When it was last used, on the monotonic clock.</summary>
    public long LastUse
    {
        get => Interlocked.Read(ref _lastUse);
        set => Interlocked.Exchange(ref _lastUse, value);
    }

    /// <summary>Bytes announced that have not arrived.</summary>
    public long Outstanding => Math.Max(0, bytes - Interlocked.Read(ref _received));

    /// <summary>Counts bytes that arrived.</summary>
    public void Receive(long count) => Interlocked.Add(ref _received, count);

    /// <summary>True when the lease keeps an object.</summary>
    public bool Protects(ObjectId digest)
    {
        lock (_lock)
        {
            return _protected.Contains(digest.Prefix);
        }
    }

    /// <summary>Called by <see cref="UploadLeases.Protect"/>, while nothing is swept.</summary>
    internal void Add(IEnumerable<ObjectId> ids)
    {
        lock (_lock)
        {
            foreach (var digest in ids)
            {
                _protected.Add(digest.Prefix);
            }

            if (_protected.Count > MaxProtected)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"one upload may name {MaxProtected} objects", RpcErrorCode.TooLarge);
            }
        }
    }
}
