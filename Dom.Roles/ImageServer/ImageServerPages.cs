using Dom.Core.Contracts.ImageServer;
using Dom.Roles.ImageServer.Directories;
using Dom.Roles.Pages;

namespace Dom.Roles.ImageServer;

/// <summary>The status pages of an image server: what it holds, its directories, and each image (<see cref="ImagePages"/>).</summary>
internal sealed class ImageServerPages
{
    private readonly ImageServerState _state;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly PageLayout _layout = new("image server", Environment.MachineName, [new PageLink("/", "Images"), new PageLink("/directories", "Directories")]);
    private readonly ImagePages _images;

    /// <summary>Makes the pages.</summary>
    public ImageServerPages(ImageServerState state, string directory, TimeProvider time)
    {
        _state = state;
        _directory = directory;
        _time = time;
        _images = new ImagePages(state, _layout);
    }

    /// <summary>Where each page stands.</summary>
    public PageMap Map()
    {
        var pages = new PageMap(_layout);
        pages.Add("/", PageAccess.Open, (request, _) => new(ShowImages(request)));
        pages.Add("/directories", PageAccess.Open, (request, _) => new(ShowDirectories(request)));
        pages.Add("/images/*", PageAccess.Open, _images.ShowImageAsync);
        pages.Add("/files/*", PageAccess.Certificate, _images.ShowFilesAsync, ImageServerMethods.GetImage);
        pages.Add("/packages/*", PageAccess.Certificate, _images.ShowPackagesAsync, ImageServerMethods.GetImage);
        return pages;
    }

    private PageResult ShowImages(PageRequest request)
    {
        var below = request.Value("directory") ?? "";
        var part = request.Value("name") ?? "";
        var images = _state.Names.List(below).Where(i => i.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).Reverse().ToList();
        var tables = new PageTables(request).Add(
            "images",
            ImageTable(below.Length == 0 ? "Images" : $"Images below {below}", request.May(ImageServerMethods.ListImages)),
            images,
            below.Length + part.Length == 0 ? "No image has been pushed yet: dom image push NAME DIRECTORY" : "No image is chosen by this.");
        return tables.Answer() ?? _layout.Render(request, below.Length == 0 ? "Images" : $"Images below {below}", html =>
        {
            html.Figures(Figures());
            WriteForm(html, below, part);
            tables.Write(html, "images");
            html.Heading("Store");
            var disk = _state.Archive.Objects.GetFileSystemStatus();
            var used = disk.TotalBytes - disk.FreeBytes;
            html.Bar(used, used + disk.AvailableBytes, $"{Amounts.Bytes(used)} used, {Amounts.Bytes(disk.AvailableBytes)} free");
            html.Facts(StoreFacts(request));
        });
    }

    private static void WriteForm(HtmlWriter html, string below, string part)
    {
        using var form = html.Open("form", ("action", "/"), ("method", "get"), ("role", "search"), ("aria-label", "Choose images"));
        foreach (var (label, name, value) in new[] { ("Name contains", "name", part), ("Below directory", "directory", below) })
        {
            using var around = html.Open("label");
            html.Element("span", label).Void("input", ("name", name), ("value", value), ("size", "20"));
        }

        html.Element("button", "Show");
    }

    private PageResult ShowDirectories(PageRequest request)
    {
        var images = _state.Names.List("").Select(static i => i.Name).ToList();
        var table = new PageTable<DirectoryRecord>("Directories of image names")
            .Link("Directory", static d => d.Path, static d => PageAddress.WithQuery("/", "directory", d.Path))
            .Count("Images", d => images.Count(name => name.StartsWith(d.Path + "/", StringComparison.Ordinal)))
            .Text("Owner group", d => d.OwnerGroup.Length > 0 ? d.OwnerGroup : _state.Directories.OwnerOf(d.Path))
            .Text("Expiry", static d => d.Expiry.ToString().ToLowerInvariant())
            .Column(
                "Longest life",
                static (html, d) => html.Text(d.MaxLifetime is { } life ? Amounts.Duration(life) : ""),
                static d => CellValue.Of(d.MaxLifetime),
                "max_lifetime_seconds")
            .Moment("Made", static d => d.CreatedOn, "created_on")
            .Text("By", static d => d.CreatedBy, "created_by");
        var tables = new PageTables(request).Add("directories", table, _state.Directories.List(""), "No directory has been made: dom image mkdir NAME");
        return tables.Answer() ?? _layout.Render(request, "Directories", html => tables.Write(html, "directories"));
    }

    private IEnumerable<(string Name, string Value)> StoreFacts(PageRequest request)
    {
        if (request.User is not null)
        {
            yield return ("Directory", _directory);
        }

        yield return ("Received since the start", Amounts.Bytes(_state.Counters.BytesReceived));
        yield return ("Sent since the start", Amounts.Bytes(_state.Counters.BytesSent));
        yield return ("Verified at rest", $"{Amounts.Bytes(_state.Scrubber.Bytes)} since the start, "
            + (_state.Scrubber.LastPassOn is { } pass ? $"last whole pass {Amounts.Ago(_time.GetUtcNow() - pass)}" : "no whole pass yet"));
        yield return ("Garbage", _state.Garbage.Fault ?? (_state.Garbage.Last is { } last
            ? $"{Amounts.Bytes(last.RemovedBytes)} removed {Amounts.Ago(_time.GetUtcNow() - _state.Garbage.LastOn)}"
            : "not collected since the start"));
    }

    private IEnumerable<Figure> Figures()
    {
        yield return new Figure(Amounts.Count(_state.Names.Count), _state.Names.Count == 1 ? "image" : "images");
        yield return new Figure(Amounts.Count(_state.Leases.Count), "uploads under way");
        yield return new Figure(
            Amounts.Count(_state.Archive.CorruptFound), "corrupt objects found", _state.Archive.CorruptFound > 0 ? Tone.Bad : Tone.Good);
        if (_state.Archive.DamagedCount is var damaged and > 0)
        {
            yield return new Figure(Amounts.Count(damaged), "damaged objects to be pushed again", Tone.Bad);
        }

        if (_state.Names.Damaged > 0)
        {
            yield return new Figure(Amounts.Count(_state.Names.Damaged), "damaged name files", Tone.Bad);
        }
    }

    /// <summary>Digests are for those who may list images over RPC: who knows them can read everything.</summary>
    private PageTable<NameRecord> ImageTable(string caption, bool withDigests)
    {
        var table = ImageTable(caption);
        return withDigests ? table.Data("manifest", static image => CellValue.Of(image.Manifest.ToString())) : table;
    }

    private PageTable<NameRecord> ImageTable(string caption) => new PageTable<NameRecord>(caption)
        .Link("Name", static image => image.Name, static image => PageAddress.Of("/images/", image.Name))
        .Count("Inodes", static image => image.Inodes)
        .Bytes("Size", static image => image.Bytes, "size_bytes")
        .Ago("Added", static image => image.CreatedOn, _time.GetUtcNow(), "created_on")
        .Text("By", static image => image.CreatedBy, "created_by")
        .Moment("Expires", static image => image.ExpiresOn, "expires_on");
}
