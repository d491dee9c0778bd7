using System.Collections.Concurrent;
using System.Net;

namespace Dom.Roles.Hosting;

/// <summary>Counts connections that have not shown a good certificate, in all and for each address.</summary>
internal sealed class ConnectionGate(RoleHostLimits limits)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _count;

    /// <summary>Connections counted now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A place for a connection, or null when there is none.</summary>
    public Ticket? TryEnter(IPAddress address)
    {
        if (Interlocked.Increment(ref _count) > limits.Unauthenticated)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        if (_byAddress.AddOrUpdate(address, 1, static (_, count) => count + 1) > limits.UnauthenticatedPerAddress)
        {
            Leave(address);
            return null;
        }

        return new Ticket(this, address);
    }

    private void Leave(IPAddress address)
    {
        Interlocked.Decrement(ref _count);
        if (_byAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0)
        {
            // Only an entry that is still zero goes, so a connection that came meanwhile is not forgotten.
            _byAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    }

    /// <summary>A connection's place; given back once, when it is authenticated or ends.</summary>
    internal sealed class Ticket(ConnectionGate gate, IPAddress address)
    {
        private int _left;

        /// <summary>True while the connection still counts.</summary>
        public bool IsHeld => Volatile.Read(ref _left) == 0;

        public void Leave()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Leave(address);
            }
        }
    }
}
