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
            .Key("StatusPages", OptionTypes.OneOf<StatusPages>(), o => o.StatusPages, (o, v) => o with { StatusPages = v },
                "Open: status pages also without TLS. Tls: with TLS only. Off: none.")
            .Tls(o => o.Tls, (o, v) => o with { Tls = v });
}
