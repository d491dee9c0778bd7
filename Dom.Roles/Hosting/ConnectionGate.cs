using System.Net;
using System.Net.Sockets;

namespace Dom.Roles.Hosting;

/// <summary>
/// Bounds connections that have not shown a good certificate, in all and for each address, in each stage. A new one always gets a place: when there
/// is none, the oldest of the stage gives way, so that whoever fills a port keeps out himself and not those who get through quickly.
/// </summary>
internal sealed class ConnectionGate(RoleHostLimits limits)
{
    private const int IPv6SiteBytes = 8;

    private readonly Lock _lock = new();
    private readonly Pool[] _pools =
    [
        new(limits.Unauthenticated, limits.UnauthenticatedPerAddress),
        new(limits.Unauthenticated, limits.UnauthenticatedPerAddress),
        new(limits.Strangers, limits.StrangersPerAddress),
    ];

    /// <summary>Connections counted now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _pools.Sum(static pool => pool.Count);
            }
        }
    }

    /// <summary>A place for a connection that has just come.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="drop">Ends the connection when it must give way; called from any thread, at most once.</param>
    public Ticket Enter(IPAddress address, Action drop)
    {
        var ticket = new Ticket(this, SiteOf(address), drop);
        Place(ticket, ConnectionStage.Waiting);
        return ticket;
    }

    /// <summary>Whoever has one IPv6 address has all of its network, so they count together.</summary>
    internal static IPAddress SiteOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(IPv6SiteBytes).Clear();
        return new IPAddress(bytes);
    }

    private void Place(Ticket ticket, ConnectionStage stage)
    {
        Ticket? victim;
        lock (_lock)
        {
            if (ticket.HasLeft)
            {
                return;
            }

            ticket.Pool?.Remove(ticket);
            ticket.Pool = _pools[(int)stage];
            victim = ticket.Pool.Add(ticket);
            if (victim is not null)
            {
                victim.HasLeft = true;
            }
        }

        victim?.Drop();
    }

    private void Leave(Ticket ticket)
    {
        lock (_lock)
        {
            if (!ticket.HasLeft)
            {
                ticket.HasLeft = true;
                ticket.Pool?.Remove(ticket);
            }
        }
    }

    /// <summary>A connection's place; given back once, when it is authenticated, ends or must give way.</summary>
    internal sealed class Ticket(ConnectionGate gate, IPAddress site, Action drop)
    {
        /// <summary>True while the connection still counts.</summary>
        public bool IsHeld
        {
            get
            {
                lock (gate._lock)
                {
                    return !HasLeft;
                }
            }
        }

        /// <summary>True while more than half of the places of its stage are taken, so that nobody may stay long.</summary>
        public bool IsUnderPressure
        {
            get
            {
                lock (gate._lock)
                {
                    return !HasLeft && Pool is { IsPressed: true };
                }
            }
        }

        internal IPAddress Site => site;

        internal bool HasLeft { get; set; }

        internal Pool? Pool { get; set; }

        internal LinkedListNode<Ticket>? InAll { get; set; }

        internal LinkedListNode<Ticket>? InSite { get; set; }

        /// <summary>The connection has come further, and is the youngest of its new stage.</summary>
        public void Advance(ConnectionStage stage) => gate.Place(this, stage);

        public void Leave() => gate.Leave(this);

        internal void Drop() => drop();
    }

    /// <summary>The connections of one stage, the oldest first; under the gate's lock.</summary>
    internal sealed class Pool(int most, int mostOfSite)
    {
        private readonly LinkedList<Ticket> _all = [];
        private readonly Dictionary<IPAddress, LinkedList<Ticket>> _sites = [];

        public int Count => _all.Count;

        public bool IsPressed => _all.Count > most / 2;

        /// <summary>Adds a connection; returns the one that gives way to it, which is removed, or null.</summary>
        public Ticket? Add(Ticket ticket)
        {
            if (!_sites.TryGetValue(ticket.Site, out var site))
            {
                _sites.Add(ticket.Site, site = []);
            }

            ticket.InAll = _all.AddLast(ticket);
            ticket.InSite = site.AddLast(ticket);
            var victim = site.Count > mostOfSite ? site.First?.Value : _all.Count > most ? _all.First?.Value : null;
            if (victim is not null)
            {
                Remove(victim);
            }

            return victim;
        }

        public void Remove(Ticket ticket)
        {
            if (ticket is not { InAll: { } inAll, InSite: { } inSite } || !_sites.TryGetValue(ticket.Site, out var site))
            {
                return;
            }

            _all.Remove(inAll);
            site.Remove(inSite);
            (ticket.InAll, ticket.InSite) = (null, null);
            if (site.Count == 0)
            {
                _sites.Remove(ticket.Site);
            }
        }
    }
}
