using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Systemd;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Reboots;
using Dom.Roles.Sub.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>What the machine should be equal to, and how far it is from that. Looks anew whenever the tree, the images or the master's wishes change.</summary>
internal sealed class Convergence : IDisposable
{
    private readonly SubParts _parts;
    private readonly PathFilter _exclusions;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _assessing = new(1);
    private readonly SemaphoreSlim _news = new(0);
    private readonly Lock _lock = new();
    private ImageReference? _requiredImage;
    private ImageReference? _plannedImage;
    private ObjectId _loggedPlan;
    private ObjectId _carriedOut;
    private Assessment? _wayBack;
    private volatile bool _lookFailed;

    /// <summary>Nothing is required before the first poll.</summary>
    public Convergence(SubParts parts, PathFilter exclusions, ILogger log)
    {
        _parts = parts;
        _exclusions = exclusions;
        _log = log;
        Progress = new LoopProgress("sub.compare", parts.Pace.Time);
    }

    /// <summary>What is to be said of a reboot; null until the sub is put together.</summary>
    public RebootControl? Reboots { get; set; }

    /// <summary>The loop that compares.</summary>
    public LoopProgress Progress { get; }

    /// <summary>The image that is required now; null for none.</summary>
    public ImageReference? RequiredImage => Targets().Required;

    /// <summary>The image that will be required next; null for none.</summary>
    public ImageReference? PlannedImage => Targets().Planned;

    /// <summary>How the machine stands to the required image; null when there is none or it was not looked at yet.</summary>
    public Assessment? Required { get; private set; }

    /// <summary>How it stands to the planned image.</summary>
    public Assessment? Planned { get; private set; }

    /// <summary>True when the machine is equal to the required image.</summary>
    public bool IsCompliant => Required is { Readiness: ImageReadiness.Ready, Summary.IsCompliant: true };

    /// <summary>True while a planned image is not compared yet, so that what it needs is not known.</summary>
    public bool AwaitsPlan => Targets().Planned is not null && Planned?.Plan is null;

    /// <summary>True when looking anew may have another result although nothing changed: the last look failed, or room was missing.</summary>
    public bool MayLookAgain => _lookFailed || Required?.Readiness == ImageReadiness.InsufficientSpace || Planned?.Readiness == ImageReadiness.InsufficientSpace;

    /// <summary>Takes the images of a poll. A change is reported at once, its meaning when it is known.</summary>
    public void Aim(ImageReference? required, ImageReference? planned)
    {
        lock (_lock)
        {
            if (_requiredImage == required && _plannedImage == planned)
            {
                return;
            }

            if (_requiredImage?.Manifest != required?.Manifest)
            {
                _parts.Pace.Forget();
            }

            (_requiredImage, _plannedImage) = (required, planned);
            Required = Required?.Image == required ? Required : null;
            Planned = Planned?.Image == planned ? Planned : null;
        }

        Report(static state => state);
        Look();
    }

    /// <summary>Something changed: looks anew soon.</summary>
    public void Look()
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    /// <summary>Looks anew whenever something changed, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Progress.Rest(Timeout.InfiniteTimeSpan);
            await WaitForNewsAsync(cancellationToken);
            await Progress.ResumeAsync();
            try
            {
                await LookOnceAsync(static state => state, cancellationToken);
            }
            catch (IOException e)
            {
                // A disk that fails must not end the sub: it says so, and looks again with the next change or the next probe of the disk.
                _lookFailed = true;
                _log.CannotCompare(Required?.Image.Name ?? "", e.Message);
                _parts.State.Change(state => state with { LastWriteError = e.Message });
            }
        }
    }

    /// <summary>Looks anew and reports the result together with another change, as one.</summary>
    public async Task LookNowAsync(Func<PollResponse, PollResponse> change, CancellationToken cancellationToken)
    {
        await LookOnceAsync(change, cancellationToken);
        if (Required?.Rest > TimeSpan.Zero)
        {
            // The loop takes notice of how long it may sleep.
            Look();
        }
    }

    /// <summary>This plan was carried out: the next look tells whether it lasted.</summary>
    public void CarriedOut(ObjectId plan) => _carriedOut = plan;

    private async Task LookOnceAsync(Func<PollResponse, PollResponse> change, CancellationToken cancellationToken)
    {
        await _assessing.WaitAsync(cancellationToken);
        try
        {
            var (required, planned) = Targets();
            ForgetRolledBack(required);

            ExtendScope(required, planned);
            var snapshot = _parts.Watch.Current;
            var earlier = EarlierTriggers();
            var phase = change(_parts.State.Current).Phase;
            var looksAtRoom = phase != SubPhase.Fetching && !phase.IsUpdating();
            var requiredNow = required is null ? null : _parts.Assessor.Assess(required, snapshot, earlier, _parts.Pace, looksAtRoom, cancellationToken);
            if (requiredNow is { Plan: { Steps.IsEmpty: false } same } && same.Id == _carriedOut)
            {
                // The file system made something else of it, or somebody is very quick. To do the same again at once would go on for ever.
                _log.DidNotLast(requiredNow.Image.Name, same.Steps[0].Path.ToString(), same.Steps.Length);
                _parts.Pace.Failed(same.Steps.Select(static step => step.Path));
                requiredNow = _parts.Assessor.Assess(required!, snapshot, earlier, _parts.Pace, looksAtRoom, cancellationToken);
            }

            if (requiredNow?.Readiness == ImageReadiness.InsufficientSpace && await GiveUpWayBackAsync())
            {
                requiredNow = _parts.Assessor.Assess(required!, snapshot, earlier, _parts.Pace, looksAtRoom, cancellationToken);
            }

            _carriedOut = default;
            var plannedNow = planned is null ? null : _parts.Assessor.Assess(planned, snapshot, earlier, pace: null, looksAtRoom, cancellationToken);
            lock (_lock)
            {
                Required = required == _requiredImage ? requiredNow : Required;
                Planned = planned == _plannedImage ? plannedNow : Planned;
            }

            _lookFailed = false;
            _parts.Drift.Observe(Required, _parts.Applied.Image);
            AwaitContents(requiredNow, plannedNow);
            LogPlan();
            NoteCompliance();
            Report(change);
        }
        finally
        {
            _assessing.Release();
        }
    }

    /// <summary>The difference from any image whose manifest and blocks are here; changes nothing.</summary>
    public async Task<Assessment> AssessAsync(ImageReference image, CancellationToken cancellationToken)
    {
        await _assessing.WaitAsync(cancellationToken);
        try
        {
            return _parts.Assessor.Assess(image, _parts.Watch.Current, EarlierTriggers(), pace: null, looksAtRoom: true, cancellationToken);
        }
        finally
        {
            _assessing.Release();
        }
    }

    /// <summary>The whole difference from the image before, to which the machine goes back. What it waits for is read.</summary>
    public async Task<Assessment> AssessWayBackAsync(ImageReference image, CancellationToken cancellationToken)
    {
        await _assessing.WaitAsync(cancellationToken);
        try
        {
            var (required, planned) = Targets();
            ExtendScope(required, planned);
            _wayBack = _parts.Assessor.AssessWayBack(image, _parts.Watch.Current, EarlierTriggers(), cancellationToken);
            AwaitContents(Required, Planned);
            return _wayBack;
        }
        finally
        {
            _assessing.Release();
        }
    }

    /// <summary>Space is short, and what was kept for the way back takes some: it goes, since the image that is wanted comes first.</summary>
    /// <returns>True when there was any.</returns>
    public async Task<bool> GiveUpWayBackAsync()
    {
        var previous = _parts.Engine.Previous;
        if (previous.Bytes == 0 || _parts.RolledBack.IsDue)
        {
            return false;
        }

        _log.WayBackGivenUp(previous.Image?.Name ?? "", previous.Bytes);
        previous.GiveUp();
        await _parts.Engine.FreeDiscarded();
        return true;
    }

    /// <summary>The images whose manifests, blocks and contents must stay.</summary>
    public IReadOnlyList<ImageReference> ImagesInUse()
    {
        var (required, planned) = Targets();
        return [.. new[] { required, planned, _parts.Applied.Image, _parts.Begun.Image, _parts.Engine.Previous.Image }.OfType<ImageReference>()];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _assessing.Dispose();
        _news.Dispose();
    }

    /// <summary>Waits until something changes, or a path may be corrected again.</summary>
    private async Task WaitForNewsAsync(CancellationToken cancellationToken)
    {
        if (Required is not { } required || required.Rest == TimeSpan.Zero)
        {
            await _news.WaitAsync(cancellationToken);
            return;
        }

        using var over = new CancellationTokenSource(required.Rest, _parts.Pace.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _news.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The pause is over.
        }
    }

    private (ImageReference? Required, ImageReference? Planned) Targets()
    {
        lock (_lock)
        {
            return (_requiredImage, _plannedImage);
        }
    }

    private TriggerSet EarlierTriggers() => TriggerSet.Union(
        _parts.Library.FindTriggers(_parts.Applied.Image?.Manifest ?? default),
        _parts.Library.FindTriggers(_parts.Begun.Image?.Manifest ?? default));

    /// <summary>Rule 25: it is remembered until the image changes, but not before the machine is back.</summary>
    private void ForgetRolledBack(ImageReference? required)
    {
        if (required is null || _parts.RolledBack.Note is not { State: not WayBackState.Due } note || note.Manifest == required.Manifest)
        {
            return;
        }

        if (note.State == WayBackState.Failed)
        {
            // It was tried and failed: the machine goes on from where it is.
            _parts.Engine.Previous.Drop();
            _ = _parts.Engine.FreeDiscarded();
        }

        _parts.RolledBack.Clear();
    }

    /// <summary>
    /// Rule 4: what an image's filter makes visible is scanned before a plan for it is offered. What the image that is there covers is seen until there is no
    /// way back to it.
    /// </summary>
    private void ExtendScope(ImageReference? required, ImageReference? planned)
    {
        var filters = new Dictionary<ObjectId, PathFilter>();
        var previous = _parts.Engine.Previous.Image;
        var applied = required is null && previous is null ? null : _parts.Applied.Image;
        foreach (var image in new[] { required, planned, applied, previous })
        {
            if (image is not null && _parts.Library.TryFind(image.Manifest) is { } loaded)
            {
                filters[image.Manifest] = loaded.Filter;
            }
        }

        var wanted = _parts.Watch.WantedScope;
        if (filters.Count > 0 && !wanted.Manifests.SetEquals(filters.Keys))
        {
            _parts.Watch.SetScope(WatchScope.Of(_exclusions, filters));
        }

        var used = ImagesInUse().Select(image => image.Manifest).ToHashSet();
        _parts.Library.Keep(used);
        _parts.Assessor.Keep(used);
    }

    /// <summary>Contents that no plan waits for are left alone; while there is no plan nobody knows which those are.</summary>
    private void AwaitContents(Assessment? required, Assessment? planned)
    {
        _wayBack = _parts.RolledBack.IsDue ? _wayBack : null;
        var plans = new[] { required, planned, _wayBack }.OfType<Assessment>().Select(static assessment => assessment.Plan).ToList();
        _parts.Watch.Await(plans.Count == 0 || plans.Contains(null) ? null : plans.SelectMany(static plan => plan!.Awaited).ToHashSet());
    }

    private void LogPlan()
    {
        if (Required is { Plan: { } plan, Image: { } image } && plan.Id != _loggedPlan)
        {
            _loggedPlan = plan.Id;
            _log.Compared(image.Name, plan.Steps.Length, plan.Blocked, plan.Unknown, plan.Id.ToShortString());
        }

        if (Required is { Fault.Length: > 0 } unusable)
        {
            _log.CannotCompare(unusable.Image.Name, unusable.Fault);
        }
    }

    /// <summary>A machine that is equal to the required image has it applied, however that came about.</summary>
    private void NoteCompliance()
    {
        if (IsCompliant && Required is { } required && !_parts.State.Current.Phase.IsUpdating())
        {
            _parts.Applied.Set(required.Image);
            _parts.Begun.Clear();
        }
    }

    /// <summary>Without a command nothing more can be said of the image than that services started: then the update is done, though what it replaced stays a while.</summary>
    private bool AwaitsHealth =>
        _parts.Engine.Previous.Image is { } previous && _parts.Applied.Image is { } applied && !applied.IsSameAs(previous) && _parts.RolledBack.Note is null
        && _parts.Health.CommandsFor(applied).Count > 0;

    private PollResponse ReportReboot(PollResponse state) => Reboots?.Report(state) ?? state;

    private void Report(Func<PollResponse, PollResponse> change)
    {
        var snapshot = _parts.Watch.Current;
        Assessment? required;
        Assessment? planned;
        ImageReference? requiredImage;
        ImageReference? plannedImage;
        lock (_lock)
        {
            (required, planned, requiredImage, plannedImage) = (Required, Planned, _requiredImage, _plannedImage);
        }

        _parts.State.Change(state => ReportReboot(_parts.Contested.Report(change(state))) with
        {
            RequiredManifest = requiredImage?.Manifest ?? default,
            RequiredReadiness = requiredImage is null ? ImageReadiness.None : required?.Readiness ?? ImageReadiness.Comparing,
            Plan = required?.Summary,
            PlannedReadiness = plannedImage is null ? ImageReadiness.None : planned?.Readiness ?? ImageReadiness.Comparing,
            AppliedManifest = _parts.Applied.Image?.Manifest ?? default,
            AppliedImage = _parts.Applied.Image?.Name ?? "",
            BegunManifest = _parts.Begun.Image?.Manifest ?? default,
            RolledBackManifest = _parts.RolledBack.Note?.Manifest ?? default,
            RolledBackReason = _parts.RolledBack.Note?.Reason ?? "",
            AwaitsHealth = AwaitsHealth,
            PreviousBytes = _parts.Engine.Previous.Bytes,
            ServicesDown = _parts.Engine.ServicesDown,
            DriftLog = _parts.Drift.Log.Id,
            DriftNumber = _parts.Drift.Log.Last,
            Shortage = required?.Shortage ?? "",
            LastFetchError = required is { Fault.Length: > 0 } ? required.Fault : change(state).LastFetchError,
            Inodes = snapshot?.Tree.Counts.Inodes ?? 0,
            NoticeFault = _parts.Watch.Notice.Fault,
        });
        if (snapshot is not null)
        {
            _parts.State.Change(static state => state.Phase == SubPhase.Scanning ? state with { Phase = SubPhase.Idle } : state);
        }
    }
}
