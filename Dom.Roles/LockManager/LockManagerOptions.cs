using System.Net;
using Dom.Core.Locks;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.LockManager;

/// <summary>The keys of <c>[LockManager]</c>.</summary>
public sealed record LockManagerOptions
{
    /// <summary>Address and port of the role.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6979);

    /// <summary>Where semaphores, events and the audit log are kept.</summary>
    public string StateDirectory { get; init; } = "/var/lib/lock-manager";

    /// <summary>Where semaphores are kept.</summary>
    public LockStoreKind Store { get; init; } = LockStoreKind.File;

    /// <summary>The machine list, which percentages count; null for none.</summary>
    public string? MachineList { get; init; }

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
        .Key("Store", OptionTypes.OneOf<LockStoreKind>(), o => o.Store, (o, v) => o with { Store = v }, "File: semaphores are kept in the state directory.")
        .Key("MachineList", OptionTypes.OptionalPath, o => o.MachineList, (o, v) => o with { MachineList = v },
            "File with the machine list, for limits in percent; a machine is of the group that its tag DisruptionManagerGroupIdentifier names, else of default. Nothing for none.")
        .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
            "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v });

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
