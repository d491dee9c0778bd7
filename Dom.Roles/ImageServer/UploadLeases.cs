using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer;

/// <summary>The leases of uploads under way. What one sent, or was told is stored, is not collected as garbage while its lease lasts.</summary>
/// <remarks>
/// They live in memory: after a restart an uploader gets <see cref="ImageErrorCode.LeaseEnded"/>, takes a new one and goes on. A sweep excludes
/// changes of protection for the moment in which it decides and removes, so whoever protects an object first and then finds it stored can rely on it.
/// </remarks>
internal sealed class UploadLeases(TimeProvider time) : IDisposable
{
    /// <summary>How long a lease lasts after its last use.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MaxLeases = 10_000;

    private readonly ConcurrentDictionary<string, UploadLease> _leases = new(StringComparer.Ordinal);
    private readonly ReaderWriterLockSlim _sweeping = new();

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

    /// <summary>Keeps objects as long as the lease lasts. To be called before looking whether they are stored.</summary>
    public void Protect(UploadLease lease, IEnumerable<ObjectId> ids)
    {
        _sweeping.EnterReadLock();
        try
        {
            lease.Add(ids);
        }
        finally
        {
            _sweeping.ExitReadLock();
        }
    }

    /// <summary>Ends a lease. To be called after an image names what it protected.</summary>
    public void End(UploadLease lease)
    {
        _sweeping.EnterReadLock();
        try
        {
            _leases.TryRemove(lease.Id, out _);
        }
        finally
        {
            _sweeping.ExitReadLock();
        }
    }

    /// <summary>Runs a short step of a sweep, during which no protection begins or ends.</summary>
    /// <param name="step">Gets the question whether an upload protects an object.</param>
    public void Sweep(Action<Func<ObjectId, bool>> step)
    {
        RemoveEnded();
        _sweeping.EnterWriteLock();
        try
        {
            var leases = _leases.Values.ToArray();
            step(id => Array.Exists(leases, l => l.Protects(id)));
        }
        finally
        {
            _sweeping.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sweeping.Dispose();

    private bool HasEnded(UploadLease lease) => time.GetElapsedTime(lease.LastUse) > Lifetime;

    private void RemoveEnded()
    {
        foreach (var lease in _leases.Values)
        {
            if (HasEnded(lease))
            {
                _leases.TryRemove(lease.Id, out _);
            }
        }
    }
}
