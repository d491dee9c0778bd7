using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Pages;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Scanning;

namespace Dom.Roles.Sub;

/// <summary>The status pages of a sub: how it stands to its image, for everybody; which paths differ, for holders of a certificate.</summary>
internal sealed class SubPages(SubParts parts, Convergence convergence, string root, TimeProvider time)
{
    /// <summary>Most rows of lists that a busy machine could make very long.</summary>
    private const int MaxRows = 10_000;

    private readonly PageLayout _layout =
        new("sub", Environment.MachineName, [new PageLink("/", "Status"), new PageLink("/plan", "Plan"), new PageLink("/unreadable", "Unreadable files"), new PageLink("/drift", "Drift"), new PageLink("/kept", "Put aside")]);

    /// <summary>The pages.</summary>
    public PageMap Map()
    {
        var pages = new PageMap(_layout);
        pages.Add("/", PageAccess.Open, (request, _) => new(ShowStatus(request)));
        pages.Add("/plan", PageAccess.Certificate, (request, _) => new(ShowPlan(request)));
        pages.Add("/unreadable", PageAccess.Certificate, (request, _) => new(ShowUnreadable(request)));
        pages.Add("/drift", PageAccess.Certificate, (request, _) => new(ShowDrift(request)));
        pages.Add("/kept", PageAccess.Certificate, (request, _) => new(ShowKept(request)));
        return pages;
    }

    private PageResult ShowStatus(PageRequest request) => Render(
        request,
        "Status",
        html =>
        {
            var state = parts.State.Current;
            html.Figures(Figures(state));
            html.Heading("Image");
            html.Facts(ImageFacts(state));
            html.Heading("Updates");
            html.Facts(UpdateFacts(state));
            html.Heading("Scans");
            html.Facts(ScanFacts());
            html.Heading("Disk");
            var disk = parts.Directory.Objects.GetFileSystemStatus();
            if (disk.TotalBytes == 0)
            {
                html.Element("p", "The file system has no size: it takes what fits into memory.");
                return;
            }

            html.Bar(disk.TotalBytes - disk.FreeBytes, disk.TotalBytes, $"{Amounts.Bytes(disk.AvailableBytes)} free of {Amounts.Bytes(disk.TotalBytes)}");
            if (state.Shortage.Length > 0)
            {
                html.Element("p", state.Shortage);
            }
        });

    private IEnumerable<Figure> Figures(PollResponse state)
    {
        var plan = convergence.Required?.Summary;
        yield return convergence.Required is null
            ? new Figure("-", "no image required")
            : convergence.IsCompliant ? new Figure("compliant", "with the required image", Tone.Good)
            : new Figure(
                plan is null || convergence.Required.Readiness == ImageReadiness.Comparing ? convergence.Required.Readiness.ToString() : Amounts.Count(plan.Steps),
                plan is null || convergence.Required.Readiness == ImageReadiness.Comparing ? "image" : "steps to the image",
                Tone.Busy);
        yield return new Figure(state.Phase.ToString(), "phase", state.Phase == SubPhase.Idle ? Tone.Good : Tone.Busy);
        yield return new Figure(Amounts.Count(parts.Watch.Current?.Tree.Counts.Inodes ?? 0), "inodes");
        if (plan is { Blocked: > 0 })
        {
            yield return new Figure(Amounts.Count(plan.Blocked), "blocked paths", Tone.Bad);
        }

        if (parts.Watch.Current is { Tree.Counts.Unknown: > 0 } snapshot)
        {
            yield return new Figure(Amounts.Count(snapshot.Tree.Counts.Unknown), "unreadable", Tone.Bad, "/unreadable");
        }

        if (state.Contested > 0)
        {
            yield return new Figure(Amounts.Count(state.Contested), "contested paths", Tone.Bad, "/drift");
        }

        if (parts.Watch.IsScrubOverdue)
        {
            yield return new Figure(Amounts.Duration(parts.Watch.SinceLastScrub), "since all contents were read", Tone.Bad);
        }

        if (parts.Watch.IsOverdue)
        {
            yield return new Figure(Amounts.Duration(parts.Watch.SinceLastScan), "since files were looked at", Tone.Bad);
        }

        if (state.Kept > 0)
        {
            yield return new Figure(Amounts.Count(state.Kept), "directories put aside", Tone.Bad, "/kept");
        }

        if (parts.RolledBack.Note is { } note)
        {
            yield return new Figure(note.State switch { WayBackState.Done => "rolled back", WayBackState.Due => "going back", _ => "way back failed" }, "the required image", Tone.Bad);
        }
        else if (state.AwaitsHealth)
        {
            yield return new Figure("awaited", "health of the new image", Tone.Busy);
        }

        if (state.Reboot != RebootState.None)
        {
            yield return new Figure(PollWords.Describe(state.Reboot, ""), "reboot for an update", state.Reboot == RebootState.Held ? Tone.Bad : Tone.Busy);
        }

        if (state.Disruption != DisruptionState.None)
        {
            yield return new Figure(PollWords.Describe(state.Disruption, ""), "disruption", state.Disruption == DisruptionState.Failed ? Tone.Bad : Tone.Busy);
        }

        if (parts.Engine.ServicesDown)
        {
            yield return new Figure("down", "services an update stopped", Tone.Bad);
        }
    }

    private IEnumerable<(string, string)> ImageFacts(PollResponse state)
    {
        yield return ("Required", Describe(convergence.Required));
        yield return ("Planned", Describe(convergence.Planned));
        yield return ("Applied", state.AppliedImage.Length == 0 ? "none yet" : state.AppliedImage);
        if (convergence.Required?.Summary is { } plan)
        {
            yield return ("To create, change, delete", $"{Amounts.Count(plan.Creations)}, {Amounts.Count(plan.Changes)}, {Amounts.Count(plan.Deletions)}");
            yield return ("To fetch", $"{Amounts.Count(plan.ObjectsToFetch)} objects, {Amounts.Bytes(plan.BytesToFetch)}");
            yield return ("Held for a filtered or mounted path", Amounts.Count(plan.Held));
        }

        yield return ("Way back", parts.Engine.Previous is not { Image: { } previous } kept ? "none"
            : kept.IsGivenUp ? $"to {previous.Name}; the files were given up since space was short"
            : $"to {previous.Name}: {Amounts.Count(kept.Files, "file", "files")}, {Amounts.Bytes(kept.Bytes)} kept in .subd/previous");

        // The full message may name paths.
        yield return ("Last fetch", state.LastFetchError.Length == 0 ? "no error" : "failed; the log and dom ctl tell why");
    }

    private static IEnumerable<(string, string)> UpdateFacts(PollResponse state)
    {
        yield return ("Finished by this process", Amounts.Count(state.UpdatesDone));
        yield return ("Deviations corrected", Amounts.Count(state.DriftNumber));
        yield return ("Last swap", state.LastSwap > TimeSpan.Zero ? Amounts.Duration(state.LastSwap) : "none yet");
        // The full message names paths.
        yield return ("Last update", state.LastUpdateErrorCode.Length == 0 ? "no error" : state.LastUpdateErrorCode);
        yield return ("Services that failed", Amounts.Count(state.FailedServices.Count));
    }

    private IEnumerable<(string, string)> ScanFacts()
    {
        var watch = parts.Watch;
        yield return ("Managed directory", root);
        yield return ("Changes told by the kernel", watch.Notice.State switch
        {
            NoticeState.Watching => $"yes, {Amounts.Count(watch.Notice.Events)}, of which {Amounts.Count(watch.Notice.Dropped)} outside of what is compared",
            NoticeState.CatchingUp => "too many at once: the next look at every file finds them",
            NoticeState.Off => "no: switched off by Notice=",
            _ => $"no: {watch.Notice.Fault}",
        });
        yield return ("Looks at every file", Amounts.Count(watch.Scans));
        yield return ("The last one", watch.Scans == 0 ? "under way" : $"{Amounts.Ago(time.GetUtcNow() - watch.LastScanEnd)}, took {Amounts.Duration(watch.LastScan)}");
        yield return ("Large files not read", Amounts.Count(watch.Current?.Tree.Counts.Unread ?? 0));
        yield return ("Content read", Amounts.Bytes(watch.BytesRead));
        yield return ("All contents read from the disk", $"{Amounts.Count(watch.ScrubPasses, "time", "times")} by this process; {Amounts.Duration(watch.SinceLastScrub)} since the last, or the first start");
        yield return ("All contents in memory read again", Amounts.Count(watch.MemoryPasses, "time", "times"));
        yield return ("Speeds", parts.Speeds.Override is { } speeds ? $"set for this machine until {Amounts.Moment(speeds.Until)}: scan {watch.ScrubPercent:0.##} %, network {parts.Network.Percent:0.##} %" : "as configured, or as the master says");
        yield return ("Reading again", parts.Speeds.Override is { Mode: SpeedMode.Shed } ? "nearly stopped: somebody wants it so" : watch.IsScrubNearlyStopped ? "nearly stopped: programs wait for processor, disk or memory" : watch.DirectRefused > 0 ? "through the page cache: the file system refuses to read past it" : "past the page cache");
        yield return ("Contents that changed silently", Amounts.Count(watch.ChangedSilently));
        yield return ("Files that change all the time", Amounts.Count(watch.Hot.Count));
        yield return ("Not held by the file system, so not compared", parts.Directory.Abilities.Missing is { Count: > 0 } missing ? string.Join(", ", missing) : "nothing");
        yield return ("Error", watch.Error.Length == 0 ? "none" : "the last scan failed");
    }

    private PageResult ShowPlan(PageRequest request)
    {
        var plan = convergence.Required?.Plan;
        var tables = new PageTables(request)
            .Add(
                "steps",
                new PageTable<PlanStep>("Steps")
                    .Text("Step", static step => step.Kind.ToString())
                    .Text("Path", static step => step.Path.ToString()),
                plan?.Steps ?? [],
                "Nothing is to be done.")
            .Add(
                "remarks",
                new PageTable<PlanRemark>("Held, blocked and unknown")
                    .Text("State", static remark => remark.Kind.ToString())
                    .Text("Path", static remark => remark.Path.ToString())
                    .Text("Reason", static remark => remark.Reason),
                plan?.Remarks ?? [],
                "No path is held, blocked or unknown.");
        return tables.Answer() ?? Render(request, "Plan", html =>
        {
            if (plan is null)
            {
                html.Element("p", "There is no plan: no image is required, or it could not be compared yet.");
                return;
            }

            tables.Write(html, "steps");
            tables.Write(html, "remarks");
        });
    }

    private PageResult ShowUnreadable(PageRequest request)
    {
        var tables = new PageTables(request).Add(
            "unreadable",
            new PageTable<Core.Trees.Scanning.UnreadablePath>("Unreadable")
                .Text("Path", static file => file.Path.ToString())
                .Text("Error", static file => file.Error.ToString()),
            parts.Watch.Current?.Tree.ListUnreadable(MaxRows) ?? [],
            "Everything can be read.");
        return tables.Answer() ?? Render(request, "Unreadable files", html => tables.Write(html, "unreadable"));
    }

    private PageResult ShowDrift(PageRequest request)
    {
        var state = parts.State.Current;
        var tables = new PageTables(request)
            .AddStream(
                "corrected",
                new PageTable<DriftRecord>("Corrected, the newest first")
                    .Text("Path", static record => record.Path.ToString())
                    .Text("Deviation", static record => record.Kind == DriftKind.Changed ? $"changed: {record.Differs}" : record.Kind.ToString().ToLowerInvariant())
                    .Moment("First seen", static record => record.FirstSeen)
                    .Moment("Corrected", static record => record.CorrectedAt)
                    .Text("Image", static record => record.Image),
                parts.Drift.Log.ReadNewest(MaxRows),
                null,
                "Nothing has ever deviated.")
            .Add(
                "contested",
                new PageTable<ContestedPath>("Contested: changed again as often as corrected, corrected once a minute")
                    .Text("Path", static contested => contested.Path.ToString())
                    .Count("Corrections in ten minutes", static contested => contested.Corrections, "corrections")
                    .Text("Changed by", static contested => contested.Writer.Length == 0 ? "not known" : contested.Writer),
                state.ContestedPaths,
                "No path is contested.");
        return tables.Answer() ?? Render(request, "Drift", html =>
        {
            tables.Write(html, "contested");
            tables.Write(html, "corrected");
        });
    }

    private PageResult ShowKept(PageRequest request)
    {
        var tables = new PageTables(request).Add(
            "kept",
            new PageTable<Core.Linux.UnixPath>("Replaced").Text("Path", static path => path.IsEmpty ? "not known" : path.ToString()),
            parts.Kept.List(MaxRows).Paths,
            "None.");
        return tables.Answer() ?? Render(request, "Directories put aside", html =>
        {
            html.Element("p", "Something appeared in these directories just when an update replaced them. What they held is in .subd/kept, each with a file that names its path. Remove it there when nobody needs it.");
            tables.Write(html, "kept");
        });
    }

    private PageResult Render(PageRequest request, string title, Action<HtmlWriter> body) =>
        _layout.Render(request, title, body, parts.Directions.Halted ? "The master has stopped updates: nothing is fetched or changed." : null);

    private static string Describe(Assessment? assessment) =>
        assessment is null ? "none" : $"{assessment.Image.Name} ({assessment.Image.Manifest.ToShortString()}): {assessment.Readiness}";
}
