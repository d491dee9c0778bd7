using System.Net;

namespace Dom.Roles.Hosting;

/// <summary>
/// Bounds what one caller takes of a port. A caller is a certificate's user at one address (or IPv6 network of 64 bits), because many machines may share
/// a certificate; what a user has at all addresses together is bounded as well, at a multiple, so that a stolen certificate does not count anew everywhere.
/// </summary>
internal sealed class CallerGate(RoleHostLimits limits)
{
    /// <summary>How many times its limit at one address a user may have at all of them: connections and calls.</summary>
    public const int AddressesOfUser = 32;

    /// <summary>The same of bytes.</summary>
    public const int BytesOfUser = 4;

    private static readonly int Resources = Enum.GetValues<CallerResource>().Length;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string User, IPAddress? Site), long[]> _taken = [];

    /// <summary>Callers that have anything now, for tests.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _taken.Count;
            }
        }
    }

    /// <summary>Takes a part of what a caller may have; null when there is so much left, or else why not, for people.</summary>
    public string? Take(string user, IPAddress site, CallerResource what, long amount)
    {
        var (most, mostOfUser) = Most(what);
        lock (_lock)
        {
            var here = _taken.GetValueOrDefault((user, site));
            var everywhere = _taken.GetValueOrDefault((user, null));
            if ((here?[(int)what] ?? 0) + amount > most)
            {
                return $"{Name(user)} has {Words(what, most)} at {site} already, and more are not served to one user at one address";
            }

            if ((everywhere?[(int)what] ?? 0) + amount > mostOfUser)
            {
                return $"{Name(user)} has {Words(what, mostOfUser)} at all addresses already, and more are not served to one user";
            }

            (here ?? Add((user, site)))[(int)what] += amount;
            (everywhere ?? Add((user, null)))[(int)what] += amount;
            return null;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(string user, IPAddress site, CallerResource what, long amount)
    {
        lock (_lock)
        {
            GiveBack((user, site), what, amount);
            GiveBack((user, null), what, amount);
        }
    }

    private static string Name(string user) => user.Length == 0 ? "whoever has no certificate" : user;

    private static string Words(CallerResource what, long most) => what switch
    {
        CallerResource.Connections => $"{most} connections",
        CallerResource.Calls => $"{most} calls and pages under way",
        _ => $"requests of {most} bytes in memory",
    };

    private (long Most, long MostOfUser) Most(CallerResource what) => what switch
    {
        CallerResource.Connections => (limits.ConnectionsPerCaller, (long)AddressesOfUser * limits.ConnectionsPerCaller),
        CallerResource.Calls => (limits.CallsPerCaller, (long)AddressesOfUser * limits.CallsPerCaller),
        _ => (limits.RequestBytesPerCaller, BytesOfUser * limits.RequestBytesPerCaller),
    };

    private long[] Add((string User, IPAddress? Site) caller) => _taken[caller] = new long[Resources];

    private void GiveBack((string User, IPAddress? Site) caller, CallerResource what, long amount)
    {
        if (_taken.TryGetValue(caller, out var taken))
        {
            taken[(int)what] -= amount;
            if (Array.TrueForAll(taken, static t => t == 0))
            {
                _taken.Remove(caller);
            }
        }
    }
}
