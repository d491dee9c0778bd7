using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The master's status pages.</summary>
internal sealed class MasterPages
{
    private const int NamedHalts = 3;

    private readonly MasterService _master;
    private readonly PageLayout _layout;
    private readonly FleetPage _fleet;
    private readonly SubsPage _subs;
    private readonly SubPage _sub;
    private readonly RecordPages _records;
    private readonly BreakdownPages _breakdowns;

    /// <summary>Makes the pages.</summary>
    public MasterPages(MasterService master, MasterEndpoints endpoints)
    {
        _master = master;
        var layout = _layout = new PageLayout("master", Environment.MachineName, [new PageLink("/", "Fleet"), new PageLink("/subs", "Machines"), new PageLink("/images", "Images"), new PageLink("/locations", "Locations"), new PageLink("/drift", "Drift"), new PageLink("/history", "History")]);
        _fleet = new FleetPage(master, endpoints, layout);
        _subs = new SubsPage(master, layout);
        _sub = new SubPage(master, layout);
        _records = new RecordPages(master, endpoints, layout);
        _breakdowns = new BreakdownPages(master, layout);
    }

    /// <summary>Where each page stands.</summary>
    public PageMap Map()
    {
        var pages = new PageMap(_layout);
        pages.Add("/", PageAccess.Open, _fleet.Render);
        pages.Add("/subs", PageAccess.Open, _subs.Render);
        pages.Add("/sub", PageAccess.Open, _sub.RenderAsync);
        pages.Add("/images", PageAccess.Open, _breakdowns.RenderImages);
        pages.Add("/locations", PageAccess.Open, _breakdowns.RenderLocations);
        pages.Add("/history", PageAccess.Certificate, _records.RenderHistoryAsync);
        pages.Add("/drift", PageAccess.Certificate, _records.RenderDrift);
        return pages;
    }

    /// <summary>The red banners of every page: the emergency stop, halted images, machines that wait for a person to look at their plan.</summary>
    public static IReadOnlyList<PageBanner> Banner(MasterService master)
    {
        var banners = new List<PageBanner>();
        if (master.Stop.State is { Disabled: true } stop)
        {
            banners.Add(new PageBanner($"Updates of all machines are stopped since {Amounts.Moment(stop.Since)} by {stop.User}: {stop.Reason}"));
        }

        if (master.Brake.Halts() is { Count: > 0 } halts)
        {
            var names = string.Join(", ", halts.Take(NamedHalts).Select(static h => h.Image)) + (halts.Count > NamedHalts ? " and more" : "");
            banners.Add(new PageBanner($"{Amounts.Count(halts.Count, "image", "images")} stopped rolling after failures: {names}.", "/#halted"));
        }

        if (master.Fleet.Machines.Count(static m => !m.StoppedPlan.IsNone) is var stopped and > 0)
        {
            var who = stopped == 1 ? "1 machine is" : $"{Amounts.Count(stopped)} machines are";
            banners.Add(new PageBanner($"{who} stopped for safety: the update looks like a mistake and waits for a person.", MachineGroups.Address("safety-stop")));
        }

        return banners;
    }

    /// <summary>How a status feels.</summary>
    public static Tone ToneOf(MachineStatus status) => status switch
    {
        MachineStatus.Synced => Tone.Good,
        MachineStatus.Unknown or MachineStatus.Connecting or MachineStatus.ImageUndefined => Tone.Quiet,
        MachineStatus.SubNotReady or MachineStatus.WaitingToFetch or MachineStatus.Fetching or MachineStatus.ComputingUpdate
            or MachineStatus.DisruptionRequested or MachineStatus.WaitingForTurn or MachineStatus.SendingUpdate or MachineStatus.Updating or MachineStatus.Rebooting or MachineStatus.AwaitingHealth => Tone.Busy,
        MachineStatus.UpdatesDisabled or MachineStatus.ImageNotReady or MachineStatus.FetchFailed or MachineStatus.DisruptionDenied => Tone.Warning,
        _ => Tone.Bad,
    };

    /// <summary>What everybody may see of a machine: texts that may hold paths are left out.</summary>
    public static SubInfo WithoutPaths(SubInfo info) => info with
    {
        Detail = "",
        State = info.State is { } state ? state with
        {
            LastFetchError = "",
            LastUpdateError = "",
            LastWriteError = "",
            RolledBackReason = "",
            SpeedsSet = "",
            FailedServices = [],
            ServiceLogs = [],
            RebootReason = "",
            DisruptionReason = "",
            ContestedPaths = [],
            KeptPaths = [],
        }
            : null,
    };
}
