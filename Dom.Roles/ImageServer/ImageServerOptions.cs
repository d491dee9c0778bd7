using System.Net;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.ImageServer;

/// <summary>The keys of <c>[ImageServer]</c>.</summary>
public sealed record ImageServerOptions
{
    /// <summary>Address and port of the image server.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6971);

    /// <summary>Where images are kept.</summary>
    public string StateDirectory { get; init; } = "/var/lib/imageserver";

    /// <summary>Part of the disk that uploads leave free.</summary>
    public double ReservePercent { get; init; } = 1;

    /// <summary>How often the server looks whether the disk runs short and garbage is to be collected.</summary>
    public TimeSpan GarbageInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Garbage is collected by itself when less than this part of the disk is free.</summary>
    public double GarbageBelowFreePercent { get; init; } = 20;

    /// <summary>Only what was stored at least so long ago is garbage.</summary>
    public TimeSpan GarbageAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Most MiB a second that the scrub reads; 0 for no scrub.</summary>
    public int ScrubMebibytesPerSecond { get; init; } = 8;

    /// <summary>Least time from the beginning of one scrub pass to that of the next.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Where the status pages are served.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Certificates.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.For("imageserver");

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<ImageServerOptions> Section { get; } =
        new OptionTable<ImageServerOptions>("ImageServer", "The role that keeps images.")
            .Key("Listen", OptionTypes.Listen(6971), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the image server.")
            .Key("StateDirectory", OptionTypes.Path, o => o.StateDirectory, (o, v) => o with { StateDirectory = v },
                "Directory for objects, blocks, manifests and names, on one file system.")
            .Key("ReservePercent", OptionTypes.Percent, o => o.ReservePercent, (o, v) => o with { ReservePercent = v },
                "Part of the disk that uploads leave free; one that would not is refused before it begins.")
            .Key("GarbageInterval", OptionTypes.Duration, o => o.GarbageInterval, (o, v) => o with { GarbageInterval = v },
                "How often the server looks whether the disk runs short and garbage is to be collected.")
            .Key("GarbageBelowFreePercent", OptionTypes.Percent, o => o.GarbageBelowFreePercent, (o, v) => o with { GarbageBelowFreePercent = v },
                "Garbage is collected by itself when less than this part of the disk is free.")
            .Key("GarbageAge", OptionTypes.Duration, o => o.GarbageAge, (o, v) => o with { GarbageAge = v },
                "Only what was stored at least so long ago is collected as garbage.")
            .Key("ScrubMebibytesPerSecond", OptionTypes.Number(0, 10_000), o => o.ScrubMebibytesPerSecond, (o, v) => o with { ScrubMebibytesPerSecond = v },
                "Most MiB a second that the server reads to verify what it stores; 0 for never.")
            .Key("ScrubInterval", OptionTypes.Duration, o => o.ScrubInterval, (o, v) => o with { ScrubInterval = v },
                "Least time from the beginning of one pass over all that is stored to that of the next.")
            .Rule(static o => o.GarbageInterval < TimeSpan.FromSeconds(1) ? "GarbageInterval must be at least 1s" : null)
            .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
                "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
            .Tls(o => o.Tls, (o, v) => o with { Tls = v });
}
