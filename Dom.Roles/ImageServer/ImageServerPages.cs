using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Roles.ImageServer;

/// <summary>The status pages of an image server: what it holds, and each image. Paths and filters are not shown without a certificate.</summary>
internal sealed class ImageServerPages(ImageServerState state, string directory, TimeProvider time)
{
    private const int MaxRows = 2000;

    private readonly PageLayout _layout = new("image server", Environment.MachineName, [new PageLink("/", "Images")]);

    /// <summary>The pages.</summary>
    public PageMap Map()
    {
        var pages = new PageMap();
        pages.Add("/", PageAccess.Open, (request, _) => new(ShowImages(request)));
        pages.Add("/images/*", PageAccess.Open, ShowImageAsync);
        return pages;
    }

    private PageResult ShowImages(PageRequest request)
    {
        var below = request.Value("directory") ?? "";
        var images = state.Names.List(below);
        return _layout.Render(request, below.Length == 0 ? "Images" : $"Images below {below}", html =>
        {
            html.Figures(Figures());
            ImageTable(below.Length == 0 ? "Images" : below).Write(
                html, images.Reverse().Take(MaxRows), below.Length == 0 ? "No image has been pushed yet: dom image push NAME DIRECTORY" : $"No image is below {below}.");
            if (images.Count > MaxRows)
            {
                html.Element("p", $"{Amounts.Count(images.Count - MaxRows)} more; open a directory to see fewer.");
            }

            html.Heading("Store");
            var disk = state.Archive.Objects.GetFileSystemStatus();
            var used = disk.TotalBytes - disk.FreeBytes;
            html.Bar(used, used + disk.AvailableBytes, $"{Amounts.Bytes(used)} used, {Amounts.Bytes(disk.AvailableBytes)} free");
            html.Facts(StoreFacts(request));
        });
    }

    private IEnumerable<(string Name, string Value)> StoreFacts(PageRequest request)
    {
        if (request.User is not null)
        {
            yield return ("Directory", directory);
        }

        yield return ("Received since the start", Amounts.Bytes(state.Counters.BytesReceived));
        yield return ("Sent since the start", Amounts.Bytes(state.Counters.BytesSent));
        yield return ("Verified at rest", $"{Amounts.Bytes(state.Scrubber.Bytes)} since the start, "
            + (state.Scrubber.LastPassOn is { } pass ? $"last whole pass {Amounts.Ago(time.GetUtcNow() - pass)}" : "no whole pass yet"));
        yield return ("Garbage", state.Garbage.Fault ?? (state.Garbage.Last is { } last
            ? $"{Amounts.Bytes(last.RemovedBytes)} removed {Amounts.Ago(time.GetUtcNow() - state.Garbage.LastOn)}"
            : "not collected since the start"));
    }

    private IEnumerable<Figure> Figures()
    {
        yield return new Figure(Amounts.Count(state.Names.Count), state.Names.Count == 1 ? "image" : "images");
        yield return new Figure(Amounts.Count(state.Leases.Count), "uploads under way");
        yield return new Figure(
            Amounts.Count(state.Archive.CorruptFound), "corrupt objects found", state.Archive.CorruptFound > 0 ? Tone.Bad : Tone.Good);
        if (state.Archive.DamagedCount is var damaged and > 0)
        {
            yield return new Figure(Amounts.Count(damaged), "damaged objects to be pushed again", Tone.Bad);
        }

        if (state.Names.Damaged > 0)
        {
            yield return new Figure(Amounts.Count(state.Names.Damaged), "damaged name files", Tone.Bad);
        }
    }

    private PageTable<NameRecord> ImageTable(string caption) => new PageTable<NameRecord>(caption)
        .Column("Name", static (html, image) => html.Link(PageAddress.Of("/images/", image.Name), image.Name))
        .Number("Inodes", static image => Amounts.Count(image.Inodes))
        .Number("Size", static image => Amounts.Bytes(image.Bytes))
        .Text("Added", image => $"{Amounts.Moment(image.CreatedOn)} ({Amounts.Ago(time.GetUtcNow() - image.CreatedOn)})")
        .Text("By", static image => image.CreatedBy);

    private async ValueTask<PageResult> ShowImageAsync(PageRequest request, CancellationToken cancellationToken)
    {
        if (!ImageName.TryParse(request.Rest, out var name, out var reason))
        {
            return PageResult.NotFound(reason);
        }

        try
        {
            var (record, bytes) = await state.Images.ReadAsync(name, cancellationToken);
            var manifest = Manifest.Decode(bytes);
            return _layout.Render(request, name.ToString(), html => WriteImage(html, record, manifest, withPaths: request.User is not null));
        }
        catch (RpcException e)
        {
            return e.Status == RpcStatus.NotFound ? PageResult.NotFound(e.Message) : PageResult.Text(e.Message + "\n", 500);
        }
    }

    private static void WriteImage(HtmlWriter html, NameRecord record, Manifest manifest, bool withPaths)
    {
        html.Figures(
        [
            new Figure(Amounts.Count(manifest.Inodes), "inodes"),
            new Figure(Amounts.Count(manifest.Directories), "directories"),
            new Figure(Amounts.Count(manifest.Files), "files"),
            new Figure(Amounts.Bytes(manifest.Bytes), "in files"),
        ]);
        html.Facts(FactsOf(record, manifest));
        html.Heading("Triggers");
        new PageTable<Core.Trees.Triggers.Trigger>("Services that change with paths")
            .Text("Service", static t => t.Service)
            .Text("Action", static t => t.DoReboot ? "reboot" : t.DoReload ? "reload" : "restart")
            .Text("High impact", static t => t.HighImpact ? "yes" : "no")
            .Number("Expressions", static t => Amounts.Count(t.MatchLines.Count))
            .Write(html, manifest.Triggers, "No service is restarted when this image's files change.");
        WriteText(html, "Notes", manifest.Notes);
        if (withPaths)
        {
            WriteText(html, "Health command", manifest.HealthCommand);
            WriteText(html, "Filter", string.Join('\n', manifest.Filter));
        }
    }

    private static void WriteText(HtmlWriter html, string heading, string text)
    {
        if (text.Length > 0)
        {
            html.Heading(heading);
            html.Element("pre", text);
        }
    }

    private static IEnumerable<(string Name, string Value)> FactsOf(NameRecord record, Manifest manifest)
    {
        yield return ("Added", Amounts.Moment(record.CreatedOn));
        yield return ("By", record.CreatedBy);
        yield return ("Mode", manifest.Mode == ImageMode.Sparse ? "sparse: nothing is deleted" : "full");
        yield return ("Filter", Amounts.Count(manifest.Filter.Count, "line", "lines"));
        yield return ("Computed files", Amounts.Count(manifest.ComputedPaths.Count));
        yield return ("Expires", record.ExpiresOn is { } on ? Amounts.Moment(on) : "never");
        yield return ("Manifest", record.Manifest.ToString());
        yield return ("Root", manifest.Root.ToString());
        foreach (var (key, value) in manifest.Tags)
        {
            yield return ($"Tag {key}", value);
        }
    }
}
