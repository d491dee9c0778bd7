using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Configuration;

/// <summary>How commands reach the servers, and with which certificate.</summary>
public sealed record ClientOptions
{
    /// <summary>The master.</summary>
    public HostAndPort Master { get; init; } = new("localhost", 6970);

    /// <summary>The image server.</summary>
    public HostAndPort ImageServer { get; init; } = new("localhost", 6971);

    /// <summary>The server of the machine list.</summary>
    public HostAndPort MdbServer { get; init; } = new("localhost", 6973);

    /// <summary>The lock manager.</summary>
    public HostAndPort LockManager { get; init; } = new("localhost", 6979);

    /// <summary>The authority whose certificates the servers have.</summary>
    public string CaFile { get; init; } = "/etc/ssl/CA.pem";

    /// <summary>The user's certificate.</summary>
    public string CertificateFile { get; init; } = InHome("cert.pem");

    /// <summary>The key of the user's certificate.</summary>
    public string KeyFile { get; init; } = InHome("key.pem");

    /// <summary>The keys of <c>[Client]</c>.</summary>
    public static OptionTable<ClientOptions> Section { get; } = new OptionTable<ClientOptions>("Client", "The commands people run.")
        .Key("Master", OptionTypes.Server(6970), o => o.Master, (o, v) => o with { Master = v }, "The master that `dom ctl` talks to.")
        .Key("ImageServer", OptionTypes.Server(6971), o => o.ImageServer, (o, v) => o with { ImageServer = v }, "The server that `dom image` talks to.")
        .Key("MdbServer", OptionTypes.Server(6973), o => o.MdbServer, (o, v) => o with { MdbServer = v }, "The mdb-sync that `dom mdb` talks to.")
        .Key("LockManager", OptionTypes.Server(6979), o => o.LockManager, (o, v) => o with { LockManager = v }, "The lock-manager that `dom lock` talks to.")
        .Key("CaFile", OptionTypes.Path, o => o.CaFile, (o, v) => o with { CaFile = v }, "Certificate authority of the servers.", fallback: "Tls")
        .Key("CertificateFile", OptionTypes.Path, o => o.CertificateFile, (o, v) => o with { CertificateFile = v }, "Your certificate.")
        .Key("KeyFile", OptionTypes.Path, o => o.KeyFile, (o, v) => o with { KeyFile = v }, "The private key of your certificate.");

    private static string InHome(string file) =>
        Path.Combine(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/root", ".ssl", file);
}
