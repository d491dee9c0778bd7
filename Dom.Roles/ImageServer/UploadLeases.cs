using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dom.Core.Images;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer;

/// <summary>The leases of uploads under way. While there is one, nothing that was stored since it began may be removed for being unused.</summary>
/// <remarks>They live in memory: after a restart an uploader gets <see cref="ImageErrorCode.LeaseEnded"/>, takes a new one and goes on.</remarks>
internal sealed class UploadLeases(TimeProvider time)
{
    /// <summary>How long a lease lasts after its last use.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MaxLeases = 10_000;

    private readonly ConcurrentDictionary<string, UploadLease> _leases = new(StringComparer.Ordinal);

    /// <summary>Leases in force.</summary>
    public int Count
    {
        get
        {
            RemoveEnded();
            return _leases.Count;
        }
    }

    /// <summary>Bytes announced under all leases that have not arrived.</summary>
    public long Outstanding
    {
        get
        {
            RemoveEnded();
            return _leases.Values.Sum(static l => l.Outstanding);
        }
    }

    /// <summary>Gives out a lease.</summary>
    public UploadLease Begin(string user, ImageName name, long bytes)
    {
        RemoveEnded();
        if (_leases.Count >= MaxLeases)
        {
            throw new RpcException(RpcStatus.ResourceExhausted, $"{MaxLeases} uploads are under way; try again when some have ended", RpcErrorCode.Busy);
        }

        var lease = new UploadLease(RandomNumberGenerator.GetHexString(32, lowercase: true), user, name, bytes) { LastUse = time.GetTimestamp() };
        _leases[lease.Id] = lease;
        return lease;
    }

    /// <summary>Renews a lease and returns it, or throws when it ended or belongs to another user.</summary>
    public UploadLease Use(string id, string user)
    {
        if (!_leases.TryGetValue(id, out var lease) || HasEnded(lease) || lease.User != user)
        {
            throw new RpcException(RpcStatus.Conflict, "the upload lease has ended; begin the upload anew, what was stored is kept", ImageErrorCode.LeaseEnded);
        }

        lease.LastUse = time.GetTimestamp();
        return lease;
    }

    /// <summary>Ends a lease.</summary>
    public void End(UploadLease lease) => _leases.TryRemove(lease.Id, out _);

    private bool HasEnded(UploadLease lease) => time.GetElapsedTime(lease.LastUse) > Lifetime;

    private void RemoveEnded()
    {
        foreach (var lease in _leases.Values)
        {
            if (HasEnded(lease))
            {
                End(lease);
            }
        }
    }
}
