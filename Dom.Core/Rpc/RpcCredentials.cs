using System.Security.Cryptography;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc;

/// <summary>
/// The credentials of a process: read from files at start, read again when any of them changes. New connections in both directions use the
/// new ones; when new files are broken the old ones stay in use and <see cref="ReloadFailed"/> says so once.
/// </summary>
public sealed class RpcCredentials
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly RpcCredentialFiles _files;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private RpcCredentialSet _current;
    private long _lastLook;
    private byte[] _lastDigest;

    private RpcCredentials(RpcCredentialFiles files, TimeProvider time)
    {
        _files = files;
        _time = time;
        var content = CredentialContent.Read(files);
        _current = content.Parse(generation: 1);
        _lastDigest = content.Digest;
        _lastLook = time.GetTimestamp();
    }

    /// <summary>Raised when changed files were read and are in use.</summary>
    public event Action<RpcCredentialSet>? Reloaded;

    /// <summary>Raised once for each broken state of the files; the credentials read before stay in use.</summary>
    public event Action<CertificateException>? ReloadFailed;

    /// <summary>The credentials now. Looks at the files when that was last done a second ago.</summary>
    public RpcCredentialSet Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lastLook)) >= LookEvery)
            {
                Refresh();
            }

            return Volatile.Read(ref _current);
        }
    }

    /// <summary>Why the private key may be known to others: who may read its file besides this process; null when nobody but root may.</summary>
    public string? KeyExposure() => KeyFile.Exposure(_files.Key);

    /// <summary>The clock that certificates are checked against.</summary>
    public TimeProvider Time => _time;

    /// <summary>Reads credentials.</summary>
    /// <exception cref="CertificateException">A file is missing or cannot be used: there is no running without credentials.</exception>
    public static RpcCredentials FromFiles(RpcCredentialFiles files, TimeProvider? time = null) => new(files, time ?? TimeProvider.System);

    /// <inheritdoc cref="FromFiles(RpcCredentialFiles, TimeProvider?)"/>
    public static RpcCredentials FromFiles(
        string ca, string? identityCa, string certificate, string key, string? revocation = null, TimeProvider? time = null) =>
        FromFiles(new RpcCredentialFiles { Ca = ca, IdentityCa = identityCa, Certificate = certificate, Key = key, Revocation = revocation }, time);

    /// <summary>Looks at the files now.</summary>
    public void Refresh()
    {
        RpcCredentialSet? fresh = null;
        CertificateException? fault = null;
        lock (_lock)
        {
            Volatile.Write(ref _lastLook, _time.GetTimestamp());
            (fresh, fault) = ReadChanged();
            if (fresh is not null)
            {
                Volatile.Write(ref _current, fresh);
            }
        }

        // Outside the lock: who listens may ask for the credentials.
        if (fresh is not null)
        {
            Reloaded?.Invoke(fresh);
        }

        if (fault is not null)
        {
            ReloadFailed?.Invoke(fault);
        }
    }

    private (RpcCredentialSet? Fresh, CertificateException? Fault) ReadChanged()
    {
        try
        {
            var content = CredentialContent.Read(_files);
            if (content.Digest.AsSpan().SequenceEqual(_lastDigest))
            {
                return default;
            }

            _lastDigest = content.Digest;
            return (content.Parse(_current.Generation + 1), null);
        }
        catch (CertificateException fault)
        {
            // A file that cannot be read has no digest; its error stands for it, so that it too is reported once.
            var digest = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(fault.Message));
            var isKnown = fault.Code == CredentialContent.Unreadable && digest.AsSpan().SequenceEqual(_lastDigest);
            if (fault.Code == CredentialContent.Unreadable)
            {
                _lastDigest = digest;
            }

            return (null, isKnown ? null : fault);
        }
    }
}
