using System.Net;
using Dom.Core.Locks;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.LockManager;

/// <summary>The keys of <c>[LockManager]</c>.</summary>
public sealed record LockManagerOptions
{
    private static readonly OptionType<IPNetwork> Network = new(
        "a network such as 10.0.0.0/8 or fd00::/8, or one address", static text => IPNetwork.Parse(text.Contains('/', StringComparison.Ordinal) ? text : AsNetwork(text)), static network => network.ToString());

    private static readonly OptionType<Uri> Member = new(
        "an address such as https://10.0.0.1:2379",
        static text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" ? uri : throw new FormatException(),
        static uri => uri.GetLeftPart(UriPartial.Authority));

    private static readonly OptionType<string> AnyText = new("some text, or nothing", static text => text, static text => text);

    private static readonly OptionType<string> Prefix = new(
        "nothing, or a path such as /secret",
        static text => text.Length == 0 || (text.Length is > 1 and <= 200 && text[0] == '/' && text[^1] != '/' && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.'))
            ? text
            : throw new FormatException(),
        static text => text);

    private static readonly OptionType<IPEndPoint?> OptionalListen = new(
        "an IP address and port such as 10.0.0.1:3333, or nothing", static text => text.Length == 0 ? null : OptionTypes.Listen(3333).Parse(text), static address => address?.ToString() ?? "");

    /// <summary>Address and port of the role.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6979);

    /// <summary>Where semaphores, events and the audit log are kept.</summary>
    public string StateDirectory { get; init; } = "/var/lib/lock-manager";

    /// <summary>Where semaphores are kept.</summary>
    public LockStoreKind Store { get; init; } = LockStoreKind.File;

    /// <summary>Whose document the etcd holds.</summary>
    public LockDocumentKind Document { get; init; } = LockDocumentKind.Dom;

    /// <summary>Members of the etcd.</summary>
    public IReadOnlyList<Uri> EtcdEndpoints { get; init; } = [];

    /// <summary>Authority of their certificates; null for those of the system.</summary>
    public string? EtcdCaFile { get; init; }

    /// <summary>Client certificate for the etcd; null for none.</summary>
    public string? EtcdCertificateFile { get; init; }

    /// <summary>Its key.</summary>
    public string? EtcdKeyFile { get; init; }

    /// <summary>User of the etcd; empty for none.</summary>
    public string EtcdUser { get; init; } = "";

    /// <summary>File with the user's password.</summary>
    public string? EtcdPasswordFile { get; init; }

    /// <summary>The machine list, which percentages count; null for none.</summary>
    public string? MachineList { get; init; }

    /// <summary>The master, which tells whether an overdue machine is up again; null for none.</summary>
    public HostAndPort? Master { get; init; }

    /// <summary>Address and port for FleetLock and disruption requests, without client certificates; null for none.</summary>
    public IPEndPoint? FleetLockListen { get; init; }

    /// <summary>That listener speaks TLS with this role's certificate.</summary>
    public bool FleetLockTls { get; init; }

    /// <summary>What stands before the paths on that listener, such as <c>/secret</c>; empty for nothing.</summary>
    public string FleetLockPrefix { get; init; } = "";

    /// <summary>From where requests on that listener are answered.</summary>
    public IReadOnlyList<IPNetwork> AllowFrom { get; init; } = [new(IPAddress.Loopback, 32), new(IPAddress.IPv6Loopback, 128)];

    /// <summary>Where the status pages are served.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Certificates.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.For("lock-manager");

    /// <summary>The groups; <c>default</c> is added when it is not among them.</summary>
    public IReadOnlyDictionary<string, LockGroupOptions> Groups { get; init; } = new Dictionary<string, LockGroupOptions>();

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<LockManagerOptions> Section { get; } = new OptionTable<LockManagerOptions>("LockManager", "The role that lets at most N machines be down at once.")
        .Key("Listen", OptionTypes.Listen(6979), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the role.")
        .Key("StateDirectory", OptionTypes.Path, o => o.StateDirectory, (o, v) => o with { StateDirectory = v }, "Directory for semaphores, events and the audit log.")
        .Key("Store", OptionTypes.OneOf<LockStoreKind>(), o => o.Store, (o, v) => o with { Store = v }, "File: semaphores are kept in the state directory. Etcd: in an etcd 3.4 or later, which several lock-managers may share. EtcdV2: where locksmith keeps them.")
        .Key("Document", OptionTypes.OneOf<LockDocumentKind>(), o => o.Document, (o, v) => o with { Document = v },
            "With Store=Etcd. Dom: with reasons, freezes and percentages. Airlock: airlock's document under its keys, so that both serve the same slots.")
        .List("EtcdEndpoints", Member, o => o.EtcdEndpoints, (o, v) => o with { EtcdEndpoints = v }, "Members of the etcd, each in a line of its own.")
        .Key("EtcdCaFile", OptionTypes.OptionalPath, o => o.EtcdCaFile, (o, v) => o with { EtcdCaFile = v }, "Authority of the members' certificates; nothing for those the system trusts.")
        .Key("EtcdCertificateFile", OptionTypes.OptionalPath, o => o.EtcdCertificateFile, (o, v) => o with { EtcdCertificateFile = v }, "Client certificate for the etcd; nothing for none.")
        .Key("EtcdKeyFile", OptionTypes.OptionalPath, o => o.EtcdKeyFile, (o, v) => o with { EtcdKeyFile = v }, "Key of that certificate.")
        .Key("EtcdUser", AnyText, o => o.EtcdUser, (o, v) => o with { EtcdUser = v }, "User of the etcd; nothing for none.")
        .Key("EtcdPasswordFile", OptionTypes.OptionalPath, o => o.EtcdPasswordFile, (o, v) => o with { EtcdPasswordFile = v }, "File with the password of that user.")
        .Key("MachineList", OptionTypes.OptionalPath, o => o.MachineList, (o, v) => o with { MachineList = v },
            "File with the machine list, for limits in percent; a machine is of the group that its tag DisruptionManagerGroupIdentifier names, else of default. Nothing for none.")
        .Key("Master", OptionTypes.OptionalServer(6970), o => o.Master, (o, v) => o with { Master = v },
            "The master that is asked about holders that are overdue: one whose machine runs under another boot id than when it asked is freed. Nothing for none.")
        .Key("FleetLockListen", OptionalListen, o => o.FleetLockListen, (o, v) => o with { FleetLockListen = v },
            "Address and port for clients of FleetLock v1 (zincati) and for disruption requests, without client certificates; nothing for none.")
        .Key("FleetLockTls", OptionTypes.Boolean, o => o.FleetLockTls, (o, v) => o with { FleetLockTls = v }, "That listener speaks TLS with the certificate of this role.")
        .Key("FleetLockPrefix", Prefix, o => o.FleetLockPrefix, (o, v) => o with { FleetLockPrefix = v },
            "What stands before the paths on that listener, and is known to its clients only.")
        .List("AllowFrom", Network, o => o.AllowFrom, (o, v) => o with { AllowFrom = v }, "Networks whose requests on that listener are answered.")
        .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
            "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v })
        .Rule(o => o.Store == LockStoreKind.File || o.EtcdEndpoints.Count > 0 ? null : $"Store={o.Store} needs EtcdEndpoints=")
        .Rule(o => (o.EtcdCertificateFile is null) == (o.EtcdKeyFile is null) ? null : "EtcdCertificateFile and EtcdKeyFile belong together")
        .Rule(o => o.EtcdUser.Length == 0 || o.EtcdPasswordFile is not null ? null : "EtcdUser needs EtcdPasswordFile=");

    private static string AsNetwork(string address) => IPAddress.TryParse(address, out var parsed) ? $"{parsed}/{(parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32)}" : address;

    /// <summary>Reads both sections and checks them together.</summary>
    /// <exception cref="ConfigurationException">A group has a name that none may have, or a limit that cannot be known.</exception>
    public static LockManagerOptions Read(LoadedConfiguration configuration) =>
        (configuration.Get(Section) with { Groups = configuration.GetNamed(LockGroupOptions.Section) }).Complete();

    /// <summary>The options with the group that always exists.</summary>
    /// <exception cref="ConfigurationException">A group has a name that none may have, or a limit that cannot be known.</exception>
    public LockManagerOptions Complete()
    {
        var groups = new Dictionary<string, LockGroupOptions>(Groups, StringComparer.Ordinal);
        groups.TryAdd(LockName.DefaultGroup, new LockGroupOptions());
        var faults = new List<ConfigurationFault>();
        foreach (var (name, group) in groups)
        {
            if (LockName.FindGroupFault(name) is { } fault)
            {
                faults.Add(new ConfigurationFault($"[LockGroup {name}]", fault, "letters, digits, dots and dashes, no dot at the start"));
            }
            else if (group.Max.IsPercent && MachineList is null)
            {
                faults.Add(new ConfigurationFault($"[LockGroup {name}]", $"Max={group.Max} counts the machines of the machine list, and there is none", "set MachineList= in [LockManager], or give a number"));
            }
        }

        return faults.Count == 0 ? this with { Groups = groups } : throw new ConfigurationException(faults);
    }
}
