using System.Net;

namespace Dom.Roles.Hosting;

/// <summary>What is known about one connection.</summary>
internal sealed class RoleConnection(IPEndPoint remote, ConnectionGate.Ticket ticket, bool isTls, PeerCertificate peer)
{
    public IPEndPoint Remote => remote;

    public ConnectionGate.Ticket Ticket => ticket;

    public bool IsTls => isTls;

    public PeerCertificate Peer => peer;
}
