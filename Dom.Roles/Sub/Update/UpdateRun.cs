using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Roles.Sub.Update;

/// <summary>What the stages of one update hand on to each other.</summary>
internal sealed class UpdateRun : IDisposable
{
    public UpdateRun(UpdateSite site, FileObjectStore objects, PreviousFiles previous, ServiceControl services, TimeProvider time, UpdateOrder order)
    {
        Site = site;
        Previous = previous;
        Objects = objects;
        Services = services;
        Time = time;
        Order = order;
        Header = new JournalHeader(order.Plan.Id, order.Image, order.Previous);
        Drafts = DraftList.Of(order.Plan, order.OwnProgram);
        Check = new OldInodeCheck(site, Drafts, order.Plan.OtherNames);
        Staging = StagingArea.Open(site.Private);
        Stager = new Stager(site, Staging, objects, order.IsWayBack ? previous : null, order.Plan, Drafts);
        Swapper = new Swapper(site, Staging);
    }

    public UpdateSite Site { get; }

    public FileObjectStore Objects { get; }

    /// <summary>Where what is replaced is kept, and where the way back takes its contents from.</summary>
    public PreviousFiles Previous { get; }

    public ServiceControl Services { get; }

    public TimeProvider Time { get; }

    public UpdateOrder Order { get; }

    public JournalHeader Header { get; }

    public DraftList Drafts { get; }

    public OldInodeCheck Check { get; }

    public StagingArea Staging { get; }

    public Stager Stager { get; }

    public Swapper Swapper { get; }

    /// <summary>The steps as journalled; set when everything is staged.</summary>
    public IReadOnlyList<SwapStep> Steps { get; set; } = [];

    /// <summary>Set when everything is staged.</summary>
    public Journal? Journal { get; set; }

    /// <summary>Told what the update did just before its journal goes.</summary>
    public Action<UpdateOutcome> Concluding { get; init; } = static _ => { };

    public TimeSpan SwapTime { get; set; }

    /// <summary>Set when services were started: the machine is to reboot.</summary>
    public bool Reboots { get; set; }

    /// <summary>Set after the swap.</summary>
    public IReadOnlyList<StepFault> Kept { get; set; } = [];

    /// <summary>What the update did, after all stages.</summary>
    public UpdateOutcome Finish()
    {
        // What was linked to has more names now, whether or not a step was about it.
        var leftOut = Drafts.LeftOut;
        UnixPath[] touched = [.. Steps.Select(step => step.Path).Union(Order.Plan.OtherNames).Union(Order.Plan.LinkTargets).Union(leftOut.Select(static fault => fault.Path))];
        return Describe(Header, Swapper, touched, SwapTime) with { FailedServices = Services.Failed, FailedTriggers = Services.FailedOfUpdate, ServiceLogs = Services.Logs, Reboots = Reboots, Kept = Kept, LeftOut = leftOut };
    }

    public static UpdateOutcome Describe(JournalHeader header, Swapper swapper, IReadOnlyList<UnixPath> touched, TimeSpan swapTime)
    {
        var failures = swapper.Failures;
        return new UpdateOutcome
        {
            Header = header,
            Code = failures.Count == 0 ? UpdateCode.Done : UpdateCode.SwapIncomplete,
            Message = failures.Count == 0 ? "" : $"{failures.Count} steps failed; the first: {failures[0].Path}: {failures[0].Reason}",
            Swapped = true,
            Failures = failures,
            Held = swapper.Held,
            Touched = touched,
            SwapTime = swapTime,
        };
    }

    public void Dispose()
    {
        Swapper.Dispose();
        Journal?.Dispose();
        Staging.Dispose();
    }
}
