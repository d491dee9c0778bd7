using System.Globalization;
using System.Text;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Packages;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Pages;

namespace Dom.Roles.ImageServer;

/// <summary>
/// The pages of one image: what its manifest says, its files, its packages. Who may not ask for the image itself sees no paths (no filter, no expressions of
/// triggers, no source, no files) and no digests, with which everything could be read.
/// </summary>
internal sealed class ImagePages(ImageServerState state, PageLayout layout)
{
    /// <summary>The image's facts.</summary>
    public ValueTask<PageResult> ShowImageAsync(PageRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, (record, manifest) => ShowImage(request, record, manifest), cancellationToken);

    /// <summary>The files of an image, or those below <c>?path=</c>.</summary>
    public ValueTask<PageResult> ShowFilesAsync(PageRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, (record, manifest) => ShowFiles(request, record, manifest), cancellationToken);

    /// <summary>The packages an image says it has.</summary>
    public ValueTask<PageResult> ShowPackagesAsync(PageRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, (record, manifest) => ShowPackages(request, record, manifest), cancellationToken);

    private async ValueTask<PageResult> ReadAsync(PageRequest request, Func<NameRecord, Manifest, PageResult> show, CancellationToken cancellationToken)
    {
        if (!ImageName.TryParse(request.Rest, out var name, out var reason))
        {
            return PageResult.NotFound(reason);
        }

        try
        {
            var (record, bytes) = await state.Images.ReadAsync(name, cancellationToken);
            return show(record, Manifest.Decode(bytes));
        }
        catch (RpcException e)
        {
            return e.Status == RpcStatus.NotFound ? PageResult.NotFound(e.Message) : PageResult.Text(e.Message + "\n", 500);
        }
    }

    private PageResult ShowImage(PageRequest request, NameRecord record, Manifest manifest)
    {
        var withPaths = request.May(ImageServerMethods.GetImage);
        var tables = new PageTables(request)
            .Add("triggers", TriggerTable(withPaths), manifest.Triggers, "No service is restarted when this image's files change.")
            .Add(
                "tags",
                new PageTable<KeyValuePair<string, string>>("Tags").Text("Name", static t => t.Key).Text("Value", static t => t.Value),
                [.. manifest.Tags.OrderBy(static t => t.Key, StringComparer.Ordinal)],
                "It has no tags.")
            .Add("facts", new PageTable<(string Name, string Value)>("Facts").Text("Name", static f => f.Name).Text("Value", static f => f.Value), [.. FactsOf(record, manifest, withPaths)], "");
        if (withPaths)
        {
            tables.Add("filter", new PageTable<string>("Filter").Text("Line", static line => line), manifest.Filter, "It has no filter.");
        }

        return tables.Answer() ?? layout.Render(request, record.Name, html =>
        {
            html.Figures(
            [
                new Figure(Amounts.Count(manifest.Inodes), "inodes", Tone.Quiet, PageAddress.Of("/files/", record.Name)),
                new Figure(Amounts.Count(manifest.Directories), "directories"),
                new Figure(Amounts.Count(manifest.Files), "files"),
                new Figure(Amounts.Bytes(manifest.Bytes), "in files"),
            ]);
            html.Facts(FactsOf(record, manifest, withPaths));
            using (html.Open("p"))
            {
                html.Text("For those whose certificate allows it: its ").Link(PageAddress.Of("/files/", record.Name), "files").Text(" and its ")
                    .Link(PageAddress.Of("/packages/", record.Name), "packages").Text(".");
            }

            WriteText(html, "Notes", manifest.Notes);
            if (withPaths)
            {
                WriteText(html, "Health command", manifest.HealthCommand);
            }

            html.Heading("Tags", "tags");
            tables.Write(html, "tags");
            html.Heading("Triggers", "triggers");
            tables.Write(html, "triggers");
            html.Heading("Filter", "filter");
            if (withPaths)
            {
                tables.Write(html, "filter");
            }
            else
            {
                html.Element("p", $"{Amounts.Count(manifest.Filter.Count, "line", "lines")}; shown over https to those whose certificate lists {ImageServerMethods.GetImage.FullName}.", ("class", "empty"));
            }
        });
    }

    private PageResult ShowFiles(PageRequest request, NameRecord record, Manifest manifest)
    {
        if (!UnixPath.TryParse(request.Value("path") is { Length: > 0 } text ? text : "/", out var path) || !path.IsAbsolute)
        {
            return PageResult.Text($"path={request.Value("path")} is not an absolute path\n", 400);
        }

        var tree = new FileTree(manifest.Root, state.Archive.BlockSource);
        var top = tree.Find(path);
        if (top.Kind == InodeKind.None)
        {
            return PageResult.NotFound($"the image {record.Name} has no {path}");
        }

        var isRoot = path == UnixPath.Root;
        var tables = new PageTables(request).AddStream(
            "files",
            FileTable(record.Name),
            ImageFileRow.Below(tree.Blocks, path, top),
            isRoot ? manifest.Inodes : null,
            "It has no files.");
        return tables.Answer() ?? layout.Render(request, $"Files of {record.Name}", html =>
        {
            using (html.Open("p"))
            {
                html.Link(PageAddress.Of("/images/", record.Name), "The image");
                if (!isRoot)
                {
                    html.Text(" · ").Link(FilesBelow(record.Name, UnixPath.Root), "all files").Text(" · ")
                        .Link(FilesBelow(record.Name, path.Parent.IsEmpty ? UnixPath.Root : path.Parent), $"up from {path}");
                }
            }

            tables.Write(html, "files");
        });
    }

    private PageResult ShowPackages(PageRequest request, NameRecord record, Manifest manifest)
    {
        var tables = new PageTables(request).Add(
            "packages",
            new PageTable<InstalledPackage>("Packages, as the image's package manager lists them")
                .Text("Name", static p => p.Name)
                .Text("Version", static p => p.Version),
            ReadPackages(manifest),
            "The image has no list of packages of dpkg or apk.");
        return tables.Answer() ?? layout.Render(request, $"Packages of {record.Name}", html =>
        {
            using (html.Open("p"))
            {
                html.Link(PageAddress.Of("/images/", record.Name), "The image");
            }

            tables.Write(html, "packages");
        });
    }

    private IReadOnlyList<InstalledPackage> ReadPackages(Manifest manifest)
    {
        var tree = new FileTree(manifest.Root, state.Archive.BlockSource);
        foreach (var path in PackageDatabase.Paths)
        {
            var inode = ImageFile.Find(tree, path).Inode;
            if (inode is { Kind: InodeKind.Regular, Size: > 0 and <= PackageDatabase.MaxBytes })
            {
                return PackageDatabase.Read(path, Encoding.UTF8.GetString(state.Archive.Objects.ReadAll(inode.Content, PackageDatabase.MaxBytes)));
            }
        }

        return [];
    }

    private static PageTable<ImageFileRow> FileTable(string image) => new PageTable<ImageFileRow>("Files in the order of their paths")
        .Column(
            "Path",
            (html, row) => _ = row.Inode.Kind == InodeKind.Directory ? html.Link(FilesBelow(image, row.Path), row.Path.ToString()) : html.Text(row.Path.ToString()),
            static row => CellValue.Of(row.Path.ToString()))
        .Text("Kind", static row => row.Inode.Kind.ToString().ToLowerInvariant())
        .Text("Mode", static row => Convert.ToString(row.Inode.Mode, 8).PadLeft(4, '0'))
        .Column("Owner", static (html, row) => html.Text(string.Create(CultureInfo.InvariantCulture, $"{row.Inode.Uid}:{row.Inode.Gid}")))
        .Data("uid", static row => CellValue.Of((long)row.Inode.Uid))
        .Data("gid", static row => CellValue.Of((long)row.Inode.Gid))
        .Bytes("Size", static row => row.Inode.Kind == InodeKind.Regular ? (long)row.Inode.Size : null, "size_bytes")
        .Moment("Changed", static row => row.Inode.HasMtime ? ModifiedOn(row.Inode) : null, "mtime")
        .Column(
            "Content",
            static (html, row) => html.Text(row.Inode.Kind switch
            {
                InodeKind.Regular => row.Inode.Content.IsNone ? "" : row.Inode.Content.ToShortString(),
                InodeKind.Symlink => "→ " + new UnixPath(row.Inode.Target),
                _ => "",
            }),
            static row => CellValue.Of(row.Inode.Kind == InodeKind.Regular && !row.Inode.Content.IsNone ? row.Inode.Content.ToString() : null))
        .Data("target", static row => CellValue.Of(row.Inode.Kind == InodeKind.Symlink ? new UnixPath(row.Inode.Target).ToString() : null));

    private static PageTable<Trigger> TriggerTable(bool withPaths)
    {
        var table = new PageTable<Trigger>("Services that change with paths")
            .Text("Service", static t => t.Service)
            .Text("Action", static t => t.DoReboot ? "reboot" : t.DoReload ? "reload" : "restart")
            .Flag("High impact", static t => t.HighImpact, "yes")
            .Count("Expressions", static t => t.MatchLines.Count);
        return withPaths ? table.Text("Paths", static t => string.Join('\n', t.MatchLines)) : table;
    }

    private static string FilesBelow(string image, UnixPath path) =>
        path == UnixPath.Root ? PageAddress.Of("/files/", image) : PageAddress.WithQuery(PageAddress.Of("/files/", image), "path", path.ToString());

    /// <summary>The moment, to the second; none for one that no calendar holds.</summary>
    private static DateTimeOffset? ModifiedOn(in Inode inode) =>
        inode.MtimeSeconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && inode.MtimeSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(inode.MtimeSeconds)
            : null;

    private static void WriteText(HtmlWriter html, string heading, string text)
    {
        if (text.Length > 0)
        {
            html.Heading(heading);
            html.Element("pre", text);
        }
    }

    private static IEnumerable<(string Name, string Value)> FactsOf(NameRecord record, Manifest manifest, bool withPaths)
    {
        yield return ("Added", Amounts.Moment(record.CreatedOn));
        yield return ("By", record.CreatedBy);
        if (manifest.CreatedFor.Length > 0)
        {
            yield return ("For", manifest.CreatedFor);
        }

        if (withPaths && manifest.Source.Length > 0)
        {
            yield return ("Made from", manifest.Source);
        }

        yield return ("Mode", manifest.Mode == ImageMode.Sparse ? "sparse: nothing is deleted" : "full");
        yield return ("Computed files", Amounts.Count(manifest.ComputedPaths.Count));
        if (!manifest.BuildLog.IsNone)
        {
            yield return ("Build log", Amounts.Bytes(manifest.BuildLogBytes));
        }

        yield return ("Expires", record.ExpiresOn is { } on ? Amounts.Moment(on) : "never");
        if (manifest.OwnerUsers.Count + manifest.OwnerGroups.Count > 0)
        {
            yield return ("Owners", string.Join(", ", manifest.OwnerUsers.Concat(manifest.OwnerGroups.Select(static g => $"group {g}"))));
        }

        if (withPaths)
        {
            yield return ("Manifest", record.Manifest.ToString());
            yield return ("Root", manifest.Root.ToString());
        }
    }
}
