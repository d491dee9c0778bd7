using System.Net;
using Dom.Core.Rpc.Certificates;

namespace Dom.Roles.Hosting;

/// <summary>What is known about one connection.</summary>
internal sealed class RoleConnection(IPEndPoint remote, ConnectionGate.Ticket ticket, bool isTls, PeerCertificate peer, CallerShare share) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _distrusted = new();
    private bool _ended;

    public IPEndPoint Remote => remote;

    public ConnectionGate.Ticket Ticket => ticket;

    public bool IsTls => isTls;

    public PeerCertificate Peer => peer;

    /// <summary>What whoever is at the other end may take.</summary>
    public CallerShare Share { get; set; } = share;

    /// <summary>Why the connection is one too many of its caller, so that its calls are refused; null when it is not.</summary>
    public string? Excess { get; set; }

    /// <summary>Why a certificate that was accepted no longer counts; null while it does.</summary>
    public CertificateException? Refusal { get; private set; }

    /// <summary>Cancelled when the certificate no longer counts: running calls end with the reason.</summary>
    public CancellationToken Distrusted
    {
        get
        {
            lock (_lock)
            {
                return _distrusted.Token;
            }
        }
    }

    /// <summary>Ends the calls that run on this connection, if it has not ended by itself.</summary>
    public void Distrust(CertificateException refusal)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                Refusal = refusal;
                _distrusted.Cancel();
            }
        }
    }

    /// <summary>The certificate counts again, after a wrong list or authority was corrected: calls that begin now go on as before.</summary>
    public void TrustAgain()
    {
        lock (_lock)
        {
            if (!_ended && _distrusted.IsCancellationRequested)
            {
                Refusal = null;
                _distrusted.Dispose();
                _distrusted = new CancellationTokenSource();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            _distrusted.Dispose();
        }
    }
}
