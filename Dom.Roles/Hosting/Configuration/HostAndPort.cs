using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>Where a server is: a host name or an address, and a port. Names are resolved at each connection, not here.</summary>
public readonly record struct HostAndPort(string Host, int Port)
{
    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>10.0.0.1:port</c>, <c>::1</c> or <c>[::1]:port</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static HostAndPort Parse(string text, int defaultPort)
    {
        // "[::1]:80" parses as an address too, and loses its port; "1" parses as 0.0.0.1.
        if (IPAddress.TryParse(text, out var address) && text[0] != '['
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Contains('.', StringComparison.Ordinal)))
        {
            return new HostAndPort(address.ToString(), defaultPort);
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var port = defaultPort;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new FormatException($"'{text[(colon + 1)..]}' is not a port");
        }

        if (host.StartsWith('[') && host.EndsWith(']') && IPAddress.TryParse(host.AsSpan()[1..^1], out address))
        {
            return new HostAndPort(address.ToString(), port);
        }

        return host.Length is > 0 and <= 253 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? new HostAndPort(host, port)
            : throw new FormatException();
    }

    /// <summary>As it is written in a file.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
