using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.Master;

/// <summary>
/// The other end of the master's protocol: a sub whose state a test sets, that answers polls by rule 16 and remembers what it was told.
/// </summary>
internal sealed class ScriptedSub
{
    private readonly Lock _lock = new();
    private readonly List<FetchRequest> _fetches = [];
    private readonly List<UpdateRequest> _updates = [];
    private readonly List<RetryRequest> _retries = [];
    private readonly List<GetDriftRequest> _driftRequests = [];
    private readonly List<DriftRecord> _drift = [];
    private ulong _driftLog = 5;
    private PollResponse _state;
    private PollRequest? _lastPoll;
    private TaskCompletionSource _changed = New();
    private int _polls;

    public ScriptedSub(ulong epoch = 7)
    {
        _state = new PollResponse { Epoch = epoch, Generation = 1, Phase = SubPhase.Idle, ScanCount = 1 };
        Router = new RpcRouter();
        Router.Map(SubdMethods.Poll, PollAsync);
        Router.Map(SubdMethods.Fetch, FetchAsync);
        Router.Map(SubdMethods.Update, UpdateAsync);
        Router.Map(SubdMethods.Retry, RetryAsync);
        Router.MapServerStream(SubdMethods.GetDrift, (request, _, _) => DriftPages(request).ToAsyncEnumerable());
        Router.MapServerStream(SubdMethods.GetPlan, (_, _, _) => Pages.ToAsyncEnumerable());
    }

    public RpcRouter Router { get; }

    /// <summary>Pages of the plan that GetPlan answers.</summary>
    public IReadOnlyList<PlanPage> Pages { get; set; } = [];

    /// <summary>When set, every call fails with it.</summary>
    public RpcException? Fault { get; set; }

    /// <summary>When set, polls are taken and never answered, as on a dead connection.</summary>
    public bool IsSilent { get; set; }

    public RpcException? FetchFault { get; set; }

    public RpcException? UpdateFault { get; set; }

    /// <summary>When set, updates are taken and answered only when it completes.</summary>
    public Task? UpdateAnswer { get; set; }

    /// <summary>Called with a grant, outside any lock; by default nothing happens until the test changes the state.</summary>
    public Action<ScriptedSub, FetchRequest>? OnFetch { get; set; }

    public Action<ScriptedSub, UpdateRequest>? OnUpdate { get; set; }

    /// <summary>Called when a poll names another required image than the one before.</summary>
    public Action<ScriptedSub, ImageReference?>? OnRequired { get; set; }

    public PollResponse State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    public PollRequest? LastPoll
    {
        get
        {
            lock (_lock)
            {
                return _lastPoll;
            }
        }
    }

    public IReadOnlyList<FetchRequest> Fetches
    {
        get
        {
            lock (_lock)
            {
                return [.. _fetches];
            }
        }
    }

    public IReadOnlyList<UpdateRequest> Updates
    {
        get
        {
            lock (_lock)
            {
                return [.. _updates];
            }
        }
    }

    public IReadOnlyList<RetryRequest> Retries
    {
        get
        {
            lock (_lock)
            {
                return [.. _retries];
            }
        }
    }

    public IReadOnlyList<GetDriftRequest> DriftRequests
    {
        get
        {
            lock (_lock)
            {
                return [.. _driftRequests];
            }
        }
    }

    public RpcException? DriftFault { get; set; }

    /// <summary>When set, these pages are sent instead of what was recorded.</summary>
    public IEnumerable<DriftPage>? DriftInstead { get; set; }

    public int Polls => Volatile.Read(ref _polls);

    /// <summary>Changes the reported state, which answers the poll that waits.</summary>
    public void Set(Func<PollResponse, PollResponse> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = change(_state) with { Generation = _state.Generation + 1 };
            changed = _changed;
            _changed = New();
        }

        changed.SetResult();
    }

    /// <summary>A sub that does everything right: fetches, updates and is compliant afterwards.</summary>
    public static ScriptedSub Obedient(ObjectId? applied = null, int steps = 3)
    {
        var sub = new ScriptedSub();
        sub.Set(s => s with { AppliedManifest = applied ?? default });
        sub.OnRequired = (me, image) => me.Set(s => image is null
            ? s with { RequiredManifest = default, RequiredReadiness = ImageReadiness.None, Plan = null }
            : image.Manifest == s.AppliedManifest
                ? s with { RequiredManifest = image.Manifest, RequiredReadiness = ImageReadiness.Ready, Plan = Empty(image.Manifest) }
                : s with { RequiredManifest = image.Manifest, RequiredReadiness = ImageReadiness.NeedsTree, Plan = null });
        sub.OnFetch = (me, grant) => me.Set(s => grant.Manifest == s.RequiredManifest
            ? s with { RequiredReadiness = ImageReadiness.Ready, Plan = Plan(grant.Manifest, steps), LastFetchError = "" }
            : s with { PlannedReadiness = ImageReadiness.Ready });
        sub.OnUpdate = (me, direction) => me.Set(s => s with
        {
            Plan = Empty(direction.Manifest),
            AppliedManifest = direction.Manifest,
            LastUpdatePlan = direction.PlanId,
            LastUpdateError = "",
            LastUpdateErrorCode = "",
            UpdatesDone = s.UpdatesDone + 1,
        });
        return sub;
    }

    /// <summary>Updates begin and stay in a phase.</summary>
    public ScriptedSub StopsIn(SubPhase phase)
    {
        OnUpdate = (me, direction) => me.Set(s => s with { Phase = phase, RunningPlan = direction.PlanId });
        return this;
    }

    /// <summary>Ends the update that was begun first, because of a stop: nothing was touched.</summary>
    public void EndHalted()
    {
        var plan = Updates[0].PlanId;
        Set(s => s with { Phase = SubPhase.Idle, RunningPlan = default, LastUpdatePlan = plan, LastUpdateError = "halted", LastUpdateErrorCode = "Halted" });
    }

    public static PlanSummary Plan(ObjectId manifest, int steps, int number = 1, long machine = 100, long image = 100, long deletions = 0) => new()
    {
        Id = Id($"plan {manifest} {steps} {number} {deletions}"),
        Manifest = manifest,
        Steps = steps,
        MachineInodes = machine,
        ImageInodes = image,
        Changes = steps,
        Deletions = deletions,
    };

    public static PlanSummary Empty(ObjectId manifest) => new() { Manifest = manifest, MachineInodes = 100, ImageInodes = 100 };

    public static ObjectId Id(string text) => new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private async ValueTask<PollResponse> PollAsync(PollRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _polls);
        if (Fault is { } fault)
        {
            throw fault;
        }

        if (IsSilent)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        if (request.TakeOver)
        {
            Set(s => s with { HeldBy = null });
        }

        bool otherImage;
        lock (_lock)
        {
            otherImage = _lastPoll?.Required?.Manifest != request.Required?.Manifest;
            _lastPoll = request;
        }

        if (otherImage)
        {
            OnRequired?.Invoke(this, request.Required);
        }

        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!IsSilent && (request.Wait == TimeSpan.Zero || request.Epoch != _state.Epoch || request.Generation != _state.Generation))
                {
                    return _state;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private ValueTask<FetchResponse> FetchAsync(FetchRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (FetchFault is { } fault)
        {
            throw fault;
        }

        lock (_lock)
        {
            _fetches.Add(request);
        }

        OnFetch?.Invoke(this, request);
        return ValueTask.FromResult(new FetchResponse { Started = true });
    }

    private async ValueTask<UpdateResponse> UpdateAsync(UpdateRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (UpdateFault is { } fault)
        {
            throw fault;
        }

        lock (_lock)
        {
            _updates.Add(request);
        }

        if (UpdateAnswer is { } answer)
        {
            await answer.WaitAsync(cancellationToken);
        }

        OnUpdate?.Invoke(this, request);
        return new UpdateResponse();
    }

    /// <summary>Records a corrected deviation and reports it.</summary>
    public void AddDrift(Func<long, DriftRecord> make)
    {
        ulong log;
        long number;
        lock (_lock)
        {
            number = _drift.Count + 1;
            _drift.Add(make(number));
            log = _driftLog;
        }

        Set(s => s with { DriftLog = log, DriftNumber = number });
    }

    /// <summary>Begins an empty log, as a machine that was installed anew.</summary>
    public void ForgetDrift(ulong newLog)
    {
        lock (_lock)
        {
            _drift.Clear();
            _driftLog = newLog;
        }
    }

    private IEnumerable<DriftPage> DriftPages(GetDriftRequest request)
    {
        if (DriftFault is { } fault)
        {
            throw fault;
        }

        if (DriftInstead is { } instead)
        {
            return instead;
        }

        lock (_lock)
        {
            _driftRequests.Add(request);
            return [new DriftPage { Log = _driftLog, Records = [.. _drift.Where(r => request.Log != _driftLog || r.Number > request.After)] }];
        }
    }

    private ValueTask<RetryResponse> RetryAsync(RetryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _retries.Add(request);
        }

        Set(s => s with { RequiredReadiness = ImageReadiness.NeedsTree, RolledBackManifest = default, RolledBackReason = "" });
        return ValueTask.FromResult(new RetryResponse { Manifest = request.Manifest });
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
