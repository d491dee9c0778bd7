using System.Net;
using Dom.Core.Machines;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master;

/// <summary>The keys of <c>[Master]</c>.</summary>
public sealed record MasterOptions
{
    /// <summary>Address and port of the master.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6970);

    /// <summary>Where stops, turns and other decisions are kept.</summary>
    public string StateDirectory { get; init; } = "/var/lib/Dominator";

    /// <summary>The machine list.</summary>
    public string MachineList { get; init; } = "/var/lib/Dominator/mdb";

    /// <summary>The mdb-sync whose list counts instead of the file; null for the file.</summary>
    public HostAndPort? MdbServer { get; init; }

    /// <summary>Share of the machines, in percent, that may vanish from the list at once.</summary>
    public int MachineListMaxShrinkPercent { get; init; } = 50;

    /// <summary>Image servers in the order in which they are tried, by the master and by the machines.</summary>
    public IReadOnlyList<HostAndPort> ImageServer { get; init; } = [new("localhost", 6971)];

    /// <summary>Port of the subs.</summary>
    public int SubPort { get; init; } = 6969;

    /// <summary>Machines of one image directory that may be updated at once.</summary>
    public CountOrPercent MaxUpdating { get; init; } = CountOrPercent.Percent(5);

    /// <summary>Failed machines that stop an image.</summary>
    public CountOrPercent MaxFailures { get; init; } = CountOrPercent.Percent(1);

    /// <summary>How long the brake waits after a start for machines to answer.</summary>
    public TimeSpan RestartWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an update may take before its turn counts as failed.</summary>
    public TimeSpan UpdateTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a machine with a turn may be unreachable before the turn counts as failed.</summary>
    public TimeSpan UnreachableTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a machine that reboots for an update may be away before it counts as unreachable.</summary>
    public TimeSpan RebootTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Machines that may read from one image server at once.</summary>
    public int MaxFetching { get; init; } = 100;

    /// <summary>Bytes a second that one machine may read from image servers; 0 for no limit.</summary>
    public int FetchBytesPerSecond { get; init; }

    /// <summary>How long a machine holds a poll while nothing changes.</summary>
    public TimeSpan PollWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Machines that are connected to at once.</summary>
    public int MaxConnecting { get; init; } = 256;

    /// <summary>Kilobytes that the history of one machine may take.</summary>
    public int HistoryKilobytes { get; init; } = 128;

    /// <summary>Kilobytes that the corrected deviations of one machine may take.</summary>
    public int DriftKilobytes { get; init; } = 256;

    /// <summary>A program that is told of corrected deviations; null for none.</summary>
    public string? DriftHook { get; init; }

    /// <summary>How long a run of the drift hook may take.</summary>
    public TimeSpan DriftHookTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the status pages are served.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Certificates.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.For("dominator");

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<MasterOptions> Section { get; } = new OptionTable<MasterOptions>("Master", "The role that polls all machines and directs updates.")
        .Key("Listen", OptionTypes.Listen(6970), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the master.")
        .Key("StateDirectory", OptionTypes.Path, o => o.StateDirectory, (o, v) => o with { StateDirectory = v },
            "Directory for stops, turns and other decisions that survive a restart.")
        .Key("MachineList", OptionTypes.Path, o => o.MachineList, (o, v) => o with { MachineList = v },
            "The machine list: a JSON array, read again when it changes.")
        .Key("MdbServer", OptionTypes.OptionalServer(6973), o => o.MdbServer, (o, v) => o with { MdbServer = v },
            "The mdb-sync whose machine list is followed instead of reading the file; nothing for the file.")
        .Key("MachineListMaxShrinkPercent", OptionTypes.Number(0, 100), o => o.MachineListMaxShrinkPercent, (o, v) => o with { MachineListMaxShrinkPercent = v },
            "A list that lost more than this share of its machines at once is refused; 100 takes any.")
        .List("ImageServer", OptionTypes.Server(6971), o => o.ImageServer, (o, v) => o with { ImageServer = v },
            "Image server; given several times, they are tried in order, by the master and by the machines, which must be able to resolve the name.")
        .Key("SubPort", OptionTypes.Number(1, 65535), o => o.SubPort, (o, v) => o with { SubPort = v }, "Port of the subs.")
        .Key("MaxUpdating", OptionTypes.CountOrPercent, o => o.MaxUpdating, (o, v) => o with { MaxUpdating = v },
            "Machines of one image directory that may be updated at once; at least 1.")
        .Key("MaxFailures", OptionTypes.CountOrPercent, o => o.MaxFailures, (o, v) => o with { MaxFailures = v },
            "Failed machines that stop an image until it is cleared; a percentage means at least 3.")
        .Key("RestartWait", OptionTypes.Duration, o => o.RestartWait, (o, v) => o with { RestartWait = v },
            "How long after a start no machine is brought to another image unless 95 % of its directory's machines have answered.")
        .Key("UpdateTimeout", OptionTypes.Duration, o => o.UpdateTimeout, (o, v) => o with { UpdateTimeout = v },
            "How long an update may take before it counts as failed.")
        .Key("UnreachableTimeout", OptionTypes.Duration, o => o.UnreachableTimeout, (o, v) => o with { UnreachableTimeout = v },
            "How long a machine may be unreachable during its update before that counts as failed.")
        .Key("RebootTimeout", OptionTypes.Duration, o => o.RebootTimeout, (o, v) => o with { RebootTimeout = v },
            "How long a machine that reboots for an update may be away before it counts as unreachable.")
        .Key("MaxFetching", OptionTypes.Number(1, 100_000), o => o.MaxFetching, (o, v) => o with { MaxFetching = v },
            "Machines that may read from one image server at once.")
        .Key("FetchBytesPerSecond", OptionTypes.Number(0, int.MaxValue), o => o.FetchBytesPerSecond, (o, v) => o with { FetchBytesPerSecond = v },
            "Bytes a second that one machine may read from image servers; 0 for no limit.")
        .Key("PollWait", OptionTypes.Duration, o => o.PollWait, (o, v) => o with { PollWait = v },
            "How long a machine holds a poll while nothing changes, up to 5min.")
        .Key("MaxConnecting", OptionTypes.Number(1, 10_000), o => o.MaxConnecting, (o, v) => o with { MaxConnecting = v },
            "Machines that are connected to at once.")
        .Key("HistoryKilobytes", OptionTypes.Number(16, 1 << 20), o => o.HistoryKilobytes, (o, v) => o with { HistoryKilobytes = v },
            "Kilobytes on disk that the history of one machine may take; the oldest half goes first.")
        .Key("DriftKilobytes", OptionTypes.Number(16, 1 << 20), o => o.DriftKilobytes, (o, v) => o with { DriftKilobytes = v },
            "Kilobytes on disk that the corrected deviations of one machine may take; the oldest half goes first.")
        .Key("DriftHook", OptionTypes.OptionalPath, o => o.DriftHook, (o, v) => o with { DriftHook = v },
            "A program that gets corrected deviations as JSON lines on standard input, one run at a time.")
        .Key("DriftHookTimeout", OptionTypes.Duration, o => o.DriftHookTimeout, (o, v) => o with { DriftHookTimeout = v },
            "How long a run of DriftHook may take before it is killed.")
        .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
            "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v })
        .Rule(o => o.ImageServer.Count > 0 ? null : "ImageServer must be given at least once")
        .Rule(o => o.PollWait >= TimeSpan.FromSeconds(1) && o.PollWait <= TimeSpan.FromMinutes(5) ? null : "PollWait must be between 1s and 5min")
        .Rule(o => o.DriftHookTimeout > TimeSpan.Zero ? null : "DriftHookTimeout must be longer than nothing");

    internal BrakeLimits BrakeLimits => new() { MaxUpdating = MaxUpdating, MaxFailures = MaxFailures, RestartWait = RestartWait };

    internal IMachineListSource OpenMachineList(MasterConnections connections, TimeProvider clock) => MdbServer is { } server
        ? new MachineListStream(server.ToString(), connections.MdbServer(server), MachineListMaxShrinkPercent, MachineListLimits.Default, clock)
        : new MachineListFile(MachineList, MachineListMaxShrinkPercent, MachineListLimits.Default, clock);
}
