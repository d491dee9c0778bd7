using System.Net;
using Dom.Core.Trees.Filters;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Sub.Scanning;

namespace Dom.Roles.Sub;

/// <summary>The keys of <c>[Sub]</c>.</summary>
public sealed record SubOptions
{
    /// <summary>Address and port of the sub.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6969);

    /// <summary>The directory that is kept equal to an image.</summary>
    public string Root { get; init; } = "/";

    /// <summary>How fast contents are read again from the disk in the background, in percent of its speed.</summary>
    public double ScanSpeedPercent { get; init; } = 2;

    /// <summary>How much of one processor reading again what is in memory may take, in percent.</summary>
    public double ScrubCpuPercent { get; init; } = 2;

    /// <summary>All contents are to be read from the disk once in this time; it is said when they are not.</summary>
    public TimeSpan ScrubPeriod { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The part of the network that fetching may use when the master sets no limit.</summary>
    public double NetworkSpeedPercent { get; init; } = 10;

    /// <summary>Longest pause between two looks at the status of every file; the pause is shorter where a look is cheap.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Shortest pause between two looks at the status of every file.</summary>
    public TimeSpan MinSweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the kernel is asked to tell changes.</summary>
    public NoticeMode Notice { get; init; } = NoticeMode.Auto;

    /// <summary>Paths that are never looked at, as filter lines.</summary>
    public IReadOnlyList<string> ScanExclusions { get; init; } =
        ["/data/.*", "/home/.*", "/tmp/.*", "/var/log/.*", "/var/mail/.*", "/var/spool/.*", "/var/tmp/.*"];

    /// <summary>A program that is called with action and service instead of systemctl; null for systemctl.</summary>
    public string? ServiceCommand { get; init; }

    /// <summary>Longest time for stopping or starting one service.</summary>
    public TimeSpan ServiceTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>A shell command that tells by its exit code whether the machine is healthy after an update to another image; null for none.</summary>
    public string? HealthCommand { get; init; }

    /// <summary>Longest time for one run of a health command.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the machine must have been in sync and healthy before what an update to another image replaced is given up.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A shell command that reboots the machine; null for <c>systemctl reboot</c>, or the service command.</summary>
    public string? RebootCommand { get; init; }

    /// <summary>A program that says whether the machine may be disrupted; null when it always may.</summary>
    public string? DisruptionTool { get; init; }

    /// <summary>Longest time for one call of the disruption tool.</summary>
    public TimeSpan DisruptionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The service that runs this sub: it is never stopped, and restarted last.</summary>
    public string OwnService { get; init; } = "dom-sub subd";

    /// <summary>Where the status pages are served.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Certificates.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.For("subd");

    /// <summary>True when the machine itself is managed, not a directory on it.</summary>
    public bool IsMachine => Root == "/";

    /// <summary>True when services are stopped and started here.</summary>
    public bool ManagesServices => IsMachine || ServiceCommand is not null;

    private static OptionType<string?> OptionalText { get; } = new("some text, or nothing", static s => s.Length == 0 ? null : s, static s => s ?? "");

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<SubOptions> Section { get; } = new OptionTable<SubOptions>("Sub", "The agent on each machine.")
        .Key("Listen", OptionTypes.Listen(6969), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the sub.")
        .Key("Root", OptionTypes.Path, o => o.Root, (o, v) => o with { Root = v },
            "The directory that is kept equal to an image; / for the machine itself. Services are stopped and started only then, or with ServiceCommand=.")
        .Key("ScanSpeedPercent", OptionTypes.Percent, o => o.ScanSpeedPercent, (o, v) => o with { ScanSpeedPercent = v },
            "How fast contents are read again from the disk in the background, in percent of its speed, which the first slice measures.")
        .Key("ScrubCpuPercent", OptionTypes.Percent, o => o.ScrubCpuPercent, (o, v) => o with { ScrubCpuPercent = v },
            "How much of one processor reading again what is in memory may take, in percent.")
        .Key("ScrubPeriod", OptionTypes.Duration, o => o.ScrubPeriod, (o, v) => o with { ScrubPeriod = v },
            "All contents are to be read from the disk once in this time; /readyz, the status page and a metric say so when they are not.")
        .Key("NetworkSpeedPercent", OptionTypes.Percent, o => o.NetworkSpeedPercent, (o, v) => o with { NetworkSpeedPercent = v },
            "The part of the network's speed that fetching may use when the master sets no limit; 100 for no limit.")
        .Key("SweepInterval", OptionTypes.Duration, o => o.SweepInterval, (o, v) => o with { SweepInterval = v },
            "Longest pause between two looks at the status of every file; it is shorter, down to MinSweepInterval, where a look is cheap.")
        .Key("MinSweepInterval", OptionTypes.Duration, o => o.MinSweepInterval, (o, v) => o with { MinSweepInterval = v },
            "Shortest pause between two looks at the status of every file.")
        .Key("Notice", OptionTypes.OneOf<NoticeMode>(), o => o.Notice, (o, v) => o with { Notice = v },
            "Auto: the kernel tells changes (fanotify) where it, the file system and the privileges allow it. Off: only looks at every file find them.")
        .List("ScanExclusions", OptionTypes.Text, o => o.ScanExclusions, (o, v) => o with { ScanExclusions = v },
            "Paths that are never looked at: one regular expression over absolute paths below Root a line, as in filters.")
        .Key("ServiceCommand", OptionTypes.OptionalPath, o => o.ServiceCommand, (o, v) => o with { ServiceCommand = v },
            "A program called with stop, start, reload, restart or reboot and the service, instead of systemctl.")
        .Key("ServiceTimeout", OptionTypes.Duration, o => o.ServiceTimeout, (o, v) => o with { ServiceTimeout = v },
            "Longest time for stopping or starting one service; the program that takes longer is killed.")
        .Key("RebootCommand", OptionalText, o => o.RebootCommand, (o, v) => o with { RebootCommand = v },
            "A shell command that reboots the machine for a trigger with DoReboot, instead of systemctl reboot or the ServiceCommand.")
        .Key("DisruptionTool", OptionTypes.OptionalPath, o => o.DisruptionTool, (o, v) => o with { DisruptionTool = v },
            "A program called with check, request or cancel that says whether the machine may be disrupted (exit code 0 permitted, 1 requested, 2 denied), asked before updates of high impact and reboots.")
        .Key("DisruptionTimeout", OptionTypes.Duration, o => o.DisruptionTimeout, (o, v) => o with { DisruptionTimeout = v },
            "Longest time for one call of the DisruptionTool; one that takes longer is killed with all it started, and is no permission.")
        .Key("HealthCommand", OptionalText, o => o.HealthCommand, (o, v) => o with { HealthCommand = v },
            "A shell command that fails when the machine is not healthy, run after an update to another image, beside the image's own; a failure brings the image before back.")
        .Key("HealthTimeout", OptionTypes.Duration, o => o.HealthTimeout, (o, v) => o with { HealthTimeout = v },
            "Longest time for one run of a health command; one that takes longer is killed with all it started, and counts as failed.")
        .Key("HealthyAfter", OptionTypes.Duration, o => o.HealthyAfter, (o, v) => o with { HealthyAfter = v },
            "How long the machine must have been in sync and healthy after an update to another image, before what that replaced goes.")
        .Key("OwnService", OptionTypes.Text, o => o.OwnService, (o, v) => o with { OwnService = v },
            "The service that runs this sub, and its other names, with spaces between them: never stopped by an update, restarted after everything else.")
        .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
            "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v })
        .Rule(o => FaultOf(o.ScanExclusions))
        .Rule(o => o.DisruptionTimeout > TimeSpan.Zero ? null : "DisruptionTimeout must be longer than 0")
        .Rule(o => o.HealthTimeout > TimeSpan.Zero ? null : "HealthTimeout must be longer than 0")
        .Rule(o => o.MinSweepInterval <= o.SweepInterval ? null : "MinSweepInterval must not be longer than SweepInterval");

    private static string? FaultOf(IReadOnlyList<string> exclusions)
    {
        try
        {
            _ = PathFilter.FromLines(exclusions);
            return null;
        }
        catch (FormatException e)
        {
            return $"ScanExclusions: {e.Message}";
        }
    }
}
