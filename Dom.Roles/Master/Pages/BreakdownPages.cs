using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The machines by image and by place, each number leading to the list of them.</summary>
internal sealed class BreakdownPages(MasterService master, PageLayout layout)
{
    /// <summary>The images in use.</summary>
    public ValueTask<PageResult> RenderImages(PageRequest request, CancellationToken cancellationToken)
    {
        var images = FleetBreakdown.Images(master);
        var tables = new PageTables(request).Add("images", ImageTable(), images, "No machine requires an image.");
        return ValueTask.FromResult(tables.Answer() ?? layout.Render(
            request, Amounts.Count(images.Count, "image", "images"), html => tables.Write(html, "images"), MasterPages.Banner(master)));
    }

    /// <summary>The places.</summary>
    public ValueTask<PageResult> RenderLocations(PageRequest request, CancellationToken cancellationToken)
    {
        var places = FleetBreakdown.Locations(master);
        var tables = new PageTables(request).Add("locations", LocationTable(), places, "The machine list is empty.");
        return ValueTask.FromResult(tables.Answer() ?? layout.Render(
            request, Amounts.Count(places.Count, "location", "locations"), html => tables.Write(html, "locations"), MasterPages.Banner(master)));
    }

    /// <summary>The columns of images.</summary>
    public static PageTable<ImageUse> ImageTable() => new PageTable<ImageUse>("Images that machines require, will require or had applied last")
        .Text("Image", static row => row.Name)
        .Badge("State", static row => row switch
        {
            { Image: not null } => (Tone.Good, "ready"),
            { IsNeeded: true } => (Tone.Bad, "not ready"),
            _ => (Tone.Quiet, "not needed"),
        })
        .Count("Required by", static row => row.Required, "required", static row => PageAddress.WithQuery("/subs", "required", row.Name))
        .Count("In sync", static row => row.InSync, "in_sync", static row => PageAddress.WithQuery("/subs", ("group", "compliant"), ("required", row.Name)))
        .Count("Planned for", static row => row.Planned, "planned", static row => PageAddress.WithQuery("/subs", "planned", row.Name))
        .Count("Applied to", static row => row.Applied, "applied", static row => PageAddress.WithQuery("/subs", "applied", row.Name))
        .Column("Manifest", static (html, row) => html.Text(row.Image?.Manifest.ToShortString()), static row => CellValue.Of(row.Image?.Manifest.ToShortString()))
        .Text("Newer image", static row => row.Newer)
        .Moment("Expires", static row => row.Image?.ExpiresOn)
        .Text("Why not ready", static row => row.Error, "error");

    private static PageTable<LocationUse> LocationTable() => new PageTable<LocationUse>("Locations, each with the machines of those below it")
        .Text("Location", static row => row.Location.Length == 0 ? "(none)" : row.Location)
        .Count("Machines", static row => row.Machines, "machines", static row => Address("", row))
        .Count("In sync", static row => row.InSync, "in_sync", static row => Address("compliant", row))
        .Count("Differ", static row => row.Deviant, "deviant", static row => Address("deviant", row))
        .Count("Unreachable", static row => row.Unreachable, "unreachable", static row => Address("unreachable", row))
        .Column("Share in sync", static (html, row) => html.Share(row.InSync, row.Machines));

    /// <summary>The list of them; none for machines without a place, since an empty filter means all.</summary>
    private static string? Address(string group, LocationUse row) => row.Location.Length == 0 ? null : PageAddress.WithQuery("/subs", ("group", group), ("location", row.Location));
}
