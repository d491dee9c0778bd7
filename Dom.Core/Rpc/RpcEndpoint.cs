using System.Collections.Immutable;

namespace Dom.Core.Rpc;

/// <summary>Where a server is and how its certificate is recognised.</summary>
/// <remarks>
/// A certificate that states DNS names or addresses must state <see cref="Host"/> or one of <see cref="ExpectedNames"/>, and if it states
/// roles too, <see cref="Role"/>. One without names must state <see cref="Role"/>.
/// </remarks>
public sealed record RpcEndpoint
{
    /// <summary>Name or address to connect to.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Further names the server may be known by, such as the machine's name when <see cref="Host"/> is an address.</summary>
    public ImmutableArray<string> ExpectedNames { get; init; } = [];

    /// <summary>The role the server must have, such as <c>sub</c>.</summary>
    public string? Role { get; init; }

    /// <summary>Reads <c>host:port</c>, <c>[address]:port</c> or a host alone, which gets <paramref name="defaultPort"/>.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static RpcEndpoint Parse(string text, int defaultPort, string? role = null)
    {
        if (text.Length == 0 || !Uri.TryCreate($"dom://{text}", UriKind.Absolute, out var uri) || uri.PathAndQuery is not ("" or "/") || uri.Host.Length == 0)
        {
            throw new FormatException($"'{text}' is not an address; write host, host:port or [address]:port");
        }

        return new RpcEndpoint { Host = uri.IdnHost, Port = uri.IsDefaultPort ? defaultPort : uri.Port, Role = role };
    }

    /// <summary>Host and port as in a URI.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
