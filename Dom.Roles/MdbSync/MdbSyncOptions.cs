using System.Net;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.MdbSync.Sources;

namespace Dom.Roles.MdbSync;

/// <summary>The keys of <c>[MdbSync]</c>.</summary>
public sealed record MdbSyncOptions
{
    private static readonly OptionType<string> Expression = new(
        "an RE2 expression, with a leading ! for all other names",
        text =>
        {
            HostFilter.Parse(text);
            return text;
        },
        text => text);

    /// <summary>Address and port of the role.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6973);

    /// <summary>Where last good data and pauses are kept.</summary>
    public string StateDirectory { get; init; } = "/var/lib/mdbd";

    /// <summary>The file with the merged list; null for none.</summary>
    public string? Output { get; init; } = "/var/lib/mdbd/mdb.json";

    /// <summary>The sources, the weakest first.</summary>
    public IReadOnlyList<SourceDefinition> Source { get; init; } = [];

    /// <summary>A file with further sources; null for none.</summary>
    public string? SourcesFile { get; init; }

    /// <summary>Names and values; null for none.</summary>
    public string? VariablesFile { get; init; }

    /// <summary>How often web servers and commands are asked.</summary>
    public TimeSpan FetchInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long they may take.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of one source.</summary>
    public int MaxSourceBytes { get; init; } = 256 << 20;

    /// <summary>Which host names are taken.</summary>
    public string HostnameRegex { get; init; } = ".*";

    /// <summary>Only names in this file are taken; null for all.</summary>
    public string? HostnamesIncludeFile { get; init; }

    /// <summary>Names in this file are not taken; null for none.</summary>
    public string? HostnamesExcludeFile { get; init; }

    /// <summary>Share of machines, in percent, that may vanish at once.</summary>
    public int MaximumShrinkPercent { get; init; } = 20;

    /// <summary>Longest pause.</summary>
    public TimeSpan MaximumPauseDuration { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Machines that one user may pause at a time.</summary>
    public int MaximumPausesPerUser { get; init; } = 10;

    /// <summary>Where the status pages are served.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Certificates.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.For("mdbd");

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<MdbSyncOptions> Section { get; } = new OptionTable<MdbSyncOptions>("MdbSync", "The role that makes one machine list of many sources.")
        .Key("Listen", OptionTypes.Listen(6973), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the role.")
        .Key("StateDirectory", OptionTypes.Path, o => o.StateDirectory, (o, v) => o with { StateDirectory = v },
            "Directory for the last good data of each source and for pauses.")
        .Key("Output", OptionTypes.OptionalPath, o => o.Output, (o, v) => o with { Output = v },
            "File with the merged machine list, replaced as a whole when it changes; nothing for none.")
        .List("Source", SourceDefinitionParser.Type, o => o.Source, (o, v) => o with { Source = v },
            "A source of machines; what a later one says counts.")
        .Key("SourcesFile", OptionTypes.OptionalPath, o => o.SourcesFile, (o, v) => o with { SourcesFile = v },
            "File with further sources, one a line, in upstream's form; read at the start.")
        .Key("VariablesFile", OptionTypes.OptionalPath, o => o.VariablesFile, (o, v) => o with { VariablesFile = v },
            "JSON object of names and texts: $name as an image or the value of a tag stands for the text.")
        .Key("FetchInterval", OptionTypes.Duration, o => o.FetchInterval, (o, v) => o with { FetchInterval = v },
            "How often web servers and commands are asked; files are looked at every second, directories every 5 s.")
        .Key("FetchTimeout", OptionTypes.Duration, o => o.FetchTimeout, (o, v) => o with { FetchTimeout = v },
            "How long a web server or command may take.")
        .Key("MaxSourceBytes", OptionTypes.Number(1024, int.MaxValue), o => o.MaxSourceBytes, (o, v) => o with { MaxSourceBytes = v },
            "Most bytes that one source may deliver.")
        .Key("HostnameRegex", Expression, o => o.HostnameRegex, (o, v) => o with { HostnameRegex = v },
            "Only host names that begin with a match are taken; with a leading ! only those that do not.")
        .Key("HostnamesIncludeFile", OptionTypes.OptionalPath, o => o.HostnamesIncludeFile, (o, v) => o with { HostnamesIncludeFile = v },
            "File with one host name a line: only these are taken.")
        .Key("HostnamesExcludeFile", OptionTypes.OptionalPath, o => o.HostnamesExcludeFile, (o, v) => o with { HostnamesExcludeFile = v },
            "File with one host name a line: these are not taken.")
        .Key("MaximumShrinkPercent", OptionTypes.Number(0, 100), o => o.MaximumShrinkPercent, (o, v) => o with { MaximumShrinkPercent = v },
            "A source, or the merged list, that lost more than this share of its machines at once is refused until it is accepted; 100 takes any.")
        .Key("MaximumPauseDuration", OptionTypes.Duration, o => o.MaximumPauseDuration, (o, v) => o with { MaximumPauseDuration = v },
            "Longest time for which a machine can be paused.")
        .Key("MaximumPausesPerUser", OptionTypes.Number(0, 10_000), o => o.MaximumPausesPerUser, (o, v) => o with { MaximumPausesPerUser = v },
            "Machines that one user may pause at a time.")
        .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
            "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v })
        .Rule(o => o.Source.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"two sources are called {twice.Key}; name= tells them apart" : null)
        .Rule(o => o.FetchInterval >= TimeSpan.FromSeconds(1) ? null : "FetchInterval must be at least 1s")
        .Rule(o => o.FetchTimeout >= TimeSpan.FromSeconds(1) && o.FetchTimeout <= TimeSpan.FromHours(1) ? null : "FetchTimeout must be between 1s and 1h")
        .Rule(o => o.MaximumPauseDuration >= TimeSpan.FromMinutes(1) && o.MaximumPauseDuration <= TimeSpan.FromDays(365) ? null : "MaximumPauseDuration must be between 1min and 365d")
        .Rule(o => o.Output is null || o.Output != Path.Combine(o.StateDirectory, "accepted.json") ? null : "Output must not be a file the role keeps for itself");
}
