using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The master's status pages.</summary>
internal sealed class MasterPages
{
    private readonly MasterService _master;
    private readonly FleetPage _fleet;
    private readonly SubsPage _subs;
    private readonly SubPage _sub;
    private readonly RecordPages _records;

    /// <summary>Makes the pages.</summary>
    public MasterPages(MasterService master, MasterEndpoints endpoints)
    {
        _master = master;
        var layout = new PageLayout("master", Environment.MachineName, [new PageLink("/", "Fleet"), new PageLink("/subs", "Machines"), new PageLink("/drift", "Drift"), new PageLink("/history", "History")]);
        _fleet = new FleetPage(master, endpoints, layout);
        _subs = new SubsPage(master, layout);
        _sub = new SubPage(master, layout);
        _records = new RecordPages(master, endpoints, layout);
    }

    /// <summary>Where each page stands.</summary>
    public PageMap Map()
    {
        var pages = new PageMap();
        pages.Add("/", PageAccess.Open, _fleet.Render);
        pages.Add("/subs", PageAccess.Open, _subs.Render);
        pages.Add("/sub", PageAccess.Open, _sub.RenderAsync);
        pages.Add("/history", PageAccess.Certificate, _records.RenderHistoryAsync);
        pages.Add("/drift", PageAccess.Certificate, _records.RenderDrift);
        return pages;
    }

    /// <summary>The red banner of every page; null while updates are enabled.</summary>
    public static string? Banner(MasterService master) => master.Stop.State is { Disabled: true } stop
        ? $"Updates of all machines are stopped since {Amounts.Moment(stop.Since)} by {stop.User}: {stop.Reason}"
        : null;

    /// <summary>How a status feels.</summary>
    public static Tone ToneOf(MachineStatus status) => status switch
    {
        MachineStatus.Synced => Tone.Good,
        MachineStatus.Unknown or MachineStatus.Connecting or MachineStatus.ImageUndefined => Tone.Quiet,
        MachineStatus.SubNotReady or MachineStatus.WaitingToFetch or MachineStatus.Fetching or MachineStatus.ComputingUpdate
            or MachineStatus.DisruptionRequested or MachineStatus.WaitingForTurn or MachineStatus.SendingUpdate or MachineStatus.Updating or MachineStatus.AwaitingHealth => Tone.Busy,
        MachineStatus.UpdatesDisabled or MachineStatus.ImageNotReady or MachineStatus.FetchFailed => Tone.Warning,
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
            ContestedPaths = [],
            KeptPaths = [],
        }
            : null,
    };
}
