using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Drift;
using Dom.Roles.Sub.Scanning;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Images;

/// <summary>Tells how the machine stands to an image: what is missing of it, what an update would do. Remembers answers by digests, so that asking again is cheap.</summary>
/// <remarks>Not thread-safe: one loop asks.</remarks>
internal sealed class Assessor(
    PrivateDirectory directory,
    ImageLibrary library,
    ComputedSets computed,
    ContestedPaths contested,
    ImageMark applied,
    RolledBackMark rolledBack,
    PathFilter exclusions,
    string ownService)
{
    /// <summary>More than the clocks' step: a pause that seems over is over.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<ObjectId, (Key Key, Plan Plan)> _plans = [];

    /// <summary>Assesses one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="snapshot">The newest snapshot; null before the first scan.</param>
    /// <param name="earlier">Triggers of the applied and of a begun image (rule 20).</param>
    /// <param name="pace">Takes out of the plan what must wait; null for the whole plan.</param>
    /// <param name="looksAtRoom">False while a fetch or an update runs: it looked before it began, and takes the room meanwhile.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public Assessment Assess(ImageReference image, MachineSnapshot? snapshot, TriggerSet earlier, PathPace? pace, bool looksAtRoom, CancellationToken cancellationToken) =>
        Assess(image, snapshot, earlier, pace, isWayBack: false, looksAtRoom, cancellationToken);

    /// <summary>Assesses the image before as where the machine is to go back to: the whole difference, with contested paths. Space is not looked at: what was kept needs none.</summary>
    public Assessment AssessWayBack(ImageReference image, MachineSnapshot? snapshot, TriggerSet earlier, CancellationToken cancellationToken) =>
        Assess(image, snapshot, earlier, pace: null, isWayBack: true, looksAtRoom: false, cancellationToken);

    private Assessment Assess(
        ImageReference image, MachineSnapshot? snapshot, TriggerSet earlier, PathPace? pace, bool isWayBack, bool looksAtRoom, CancellationToken cancellationToken)
    {
        LoadedImage? loaded;
        try
        {
            loaded = library.Find(image.Manifest);
        }
        catch (ManifestException e)
        {
            return new Assessment { Image = image, Readiness = ImageReadiness.Unusable, Fault = e.Message };
        }

        if (loaded is null)
        {
            return new Assessment { Image = image, Readiness = ImageReadiness.NeedsTree };
        }

        if (snapshot is null || !snapshot.Scope.Suffices(image.Manifest, loaded.Filter))
        {
            return new Assessment { Image = image, Readiness = ImageReadiness.Comparing, Loaded = loaded };
        }

        try
        {
            return Describe(image, loaded, Compare(image, loaded, snapshot, isWayBack, cancellationToken), earlier, pace, isWayBack, looksAtRoom);
        }
        catch (MissingBlockException)
        {
            return new Assessment { Image = image, Readiness = ImageReadiness.NeedsTree, Loaded = loaded };
        }
        catch (CorruptTreeException e)
        {
            return new Assessment { Image = image, Readiness = ImageReadiness.Unusable, Loaded = loaded, Fault = e.Message };
        }
    }

    /// <summary>Forgets plans of images that are no longer of interest.</summary>
    public void Keep(IReadOnlySet<ObjectId> manifests)
    {
        foreach (var manifest in _plans.Keys.Where(manifest => !manifests.Contains(manifest)).ToArray())
        {
            _plans.Remove(manifest);
        }
    }

    private Plan Compare(ImageReference image, LoadedImage loaded, MachineSnapshot snapshot, bool isWayBack, CancellationToken cancellationToken)
    {
        var set = computed.Find(image.ComputedSet);
        var deferred = !isWayBack && DriftRecorder.IsDrift(applied.Image, image) ? contested.Deferred : null;
        var mounts = directory.Mounts.Look();
        var key = new Key(snapshot.Tree.Tree.Root, set?.Digest ?? default, deferred, mounts);
        if (_plans.TryGetValue(image.Manifest, out var known) && known.Key == key)
        {
            return known.Plan;
        }

        var plan = TreeComparison.Compare(
            new ComparisonInput
            {
                Manifest = image.Manifest,
                Machine = snapshot.Tree.Tree,
                Image = loaded.Tree,
                Filter = loaded.Filter,
                Exclusions = exclusions,
                Sparse = loaded.IsSparse,
                Deferred = deferred,
                Computed = set,
                ImageInodes = loaded.Manifest.Inodes,
                LinkCount = path => snapshot.Tree.TryGetFacts(path, out var facts) ? facts.LinkCount : 1,
                Abilities = directory.Abilities,
                MountPoints = mounts,
            },
            cancellationToken);
        _plans[image.Manifest] = (key, plan);
        return plan;
    }

    private Assessment Describe(ImageReference image, LoadedImage loaded, Plan whole, TriggerSet earlier, PathPace? pace, bool isWayBack, bool looksAtRoom)
    {
        IReadOnlyList<UnixPath> waiting = [];
        var plan = pace is null || pace.IsEmpty ? whole : WaitingSteps.TakeOut(whole, path => pace.RestOf(path) > TimeSpan.Zero, out waiting);
        var failing = waiting.Count(path => pace!.IsFailing(path));
        var all = plan.NeededObjects();
        var missing = all.Where(needed => directory.Objects.GetSize(needed.Id) < 0).ToList();
        var shortage = looksAtRoom ? FindShortage(plan, missing) : null;
        var services = TriggerActions.Of(loaded.Triggers, earlier, plan, ownService);
        var readiness = !isWayBack && rolledBack.Covers(image) ? WhenRolledBack()
            : !plan.MissingComputed.IsEmpty ? ImageReadiness.MissingComputedFile
            : plan.OnlyAwaitsContents ? ImageReadiness.Comparing
            : shortage is not null ? ImageReadiness.InsufficientSpace
            : missing.Count == 0 ? WhenComplete(plan, waiting, failing)
            : ImageReadiness.NeedsObjects;
        return new Assessment
        {
            Image = image,
            Readiness = readiness,
            Loaded = loaded,
            Plan = plan,
            Services = services,
            Missing = missing,
            Shortage = readiness == ImageReadiness.InsufficientSpace ? shortage! : "",
            Rest = waiting.Count == 0 ? TimeSpan.Zero : waiting.Min(path => pace!.RestOf(path)) + Moment,
            Summary = new PlanSummary
            {
                Id = plan.Id,
                Manifest = plan.Manifest,
                Steps = plan.Steps.Length,
                MachineInodes = plan.Counts.MachineInodes,
                ImageInodes = plan.Counts.ImageInodes,
                Creations = plan.Counts.Creations,
                Changes = plan.Counts.Changes,
                Deletions = plan.Counts.Deletions,
                ObjectsToFetch = missing.Count,
                BytesToFetch = missing.Sum(static needed => needed.Size),
                Held = plan.Held,
                Blocked = plan.Blocked,
                Unknown = plan.Unknown,
                MissingComputed = plan.MissingComputed.Length,
                Contested = plan.Contested + failing,
                Services = [.. services.Services],
                HighImpact = services.HighImpact || services.Reboot,
            },
        };
    }

    /// <summary>What is fetched is copied once more beside the old files before they give way.</summary>
    private string? FindShortage(Plan plan, IReadOnlyCollection<NeededObject> missing)
    {
        var need = RoomNeed.OfFetch(missing, directory.Objects) + RoomNeed.OfStaging(plan, directory.Abilities.Clones, isKept: null);
        return need.ShortageOn(directory.Objects.GetFileSystemStatus());
    }

    /// <summary>While the machine is being brought back nothing can be said of it.</summary>
    private ImageReadiness WhenRolledBack() => rolledBack.Note?.State switch
    {
        WayBackState.Due => ImageReadiness.Comparing,
        WayBackState.Failed => ImageReadiness.WayBackFailed,
        _ => ImageReadiness.RolledBack,
    };

    /// <summary>Paths that wait for some seconds only are no fault yet: until then it is not known whether anything has to be done.</summary>
    private static ImageReadiness WhenComplete(Plan plan, IReadOnlyList<UnixPath> waiting, int failing) =>
        plan is { Steps.IsEmpty: true, Contested: 0 } && waiting.Count > 0 && failing == 0 ? ImageReadiness.Comparing : ImageReadiness.Ready;

    /// <summary>What a plan depends on beside the image: the tree as scanned, the computed set as far as it is here, what is left for later, and what is mounted.</summary>
    private readonly record struct Key(ObjectId Machine, ObjectId ComputedSet, IReadOnlySet<UnixPath>? Deferred, IReadOnlySet<UnixPath> Mounts);
}
