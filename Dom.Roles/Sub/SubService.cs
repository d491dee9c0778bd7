using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Sub.Disruption;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Reboots;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>The methods of a sub, and the one direction that is under way.</summary>
internal sealed partial class SubService(
    SubParts parts, Convergence convergence, Fetcher fetcher, UpdateJob updates, MasterWatch masters, RebootControl reboots, DisruptionControl disruption, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _starting = new(1);
    private readonly FetchBackoff _backoff = new(time, Random.Shared);
    private Task _fetch = Task.CompletedTask;
    private Task _update = Task.CompletedTask;
    private CancellationTokenSource? _fetching;
    private ObjectId _fetchedManifest;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(SubdMethods.Poll, PollAsync);
        router.Map(SubdMethods.Fetch, FetchAsync);
        router.Map(SubdMethods.Update, UpdateAsync);
        router.MapServerStream(SubdMethods.GetPlan, (request, _, cancellationToken) => PlanPages.ReadAsync(parts, convergence, request, cancellationToken));
        router.MapServerStream(SubdMethods.GetDrift, (request, _, _) => parts.Drift.Log.Read(request).ToAsyncEnumerable());
        router.Map(SubdMethods.Retry, RetryAsync);
        router.MapClientStream(SubdMethods.SetComputed, SetComputedAsync);
    }

    /// <summary>Does something to the tree while no update runs, and keeps one from beginning meanwhile.</summary>
    /// <exception cref="RpcException">An update is running.</exception>
    public async Task<T> BesideUpdatesAsync<T>(Func<T> change, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            RequireIdle();
            return change();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Ends what can be ended and waits for an update that cannot.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _fetch;
        await _update;
        _starting.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Brings the machine back to the image before, when that is due, as soon as nothing else is under way; ends with it.</summary>
    public async Task GoBackAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        StoreGate.Use? use = null;
        try
        {
            if (!_update.IsCompleted || !parts.RolledBack.IsDue)
            {
                return;
            }

            await EndFetchAsync();
            use = await parts.Stores.UseAsync(cancellationToken);
            parts.State.Change(static state => state with { Phase = SubPhase.Preparing });
            _update = RunWayBackAsync(use);
            use = null;
        }
        finally
        {
            use?.Dispose();
            _starting.Release();
        }

        await _update;
    }

    private async ValueTask<FetchResponse> FetchAsync(FetchRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(request.Manifest.ToString());
        await _starting.WaitAsync(cancellationToken);
        StoreGate.Use? use = null;
        try
        {
            parts.Hold.Require(request.Hold);
            RequireIdle();
            RequireNotHalted();
            if (request.Servers.Count == 0)
            {
                throw new RpcException(RpcStatus.InvalidArgument, "the grant names no image server");
            }

            use = await UseStoresAsync(cancellationToken);
            var assessment = new[] { convergence.Required, convergence.Planned }.FirstOrDefault(a => a?.Image.Manifest == request.Manifest)
                ?? throw new RpcException(RpcStatus.Conflict, $"{request.Manifest} is the manifest of neither the required nor the planned image of the last poll", "NotRequired");
            var needs = assessment.Readiness == ImageReadiness.NeedsTree
                || (assessment.Readiness is ImageReadiness.NeedsObjects or ImageReadiness.Comparing && request.Scope == FetchScope.Everything);
            if (!needs || (!_fetch.IsCompleted && _fetchedManifest == request.Manifest))
            {
                return new FetchResponse { Started = needs };
            }

            await EndFetchAsync();
            _fetchedManifest = request.Manifest;
            _fetch = RunFetchAsync(assessment.Image, request, use);
            use = null;
            return new FetchResponse { Started = true };
        }
        finally
        {
            use?.Dispose();
            _starting.Release();
        }
    }

    private async ValueTask<UpdateResponse> UpdateAsync(UpdateRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(request.PlanId.ToString(), request.ForceDisruption ? $"{request.OverrideReason} (disruption forced)".TrimStart() : request.OverrideReason);
        await _starting.WaitAsync(cancellationToken);
        StoreGate.Use? use = null;
        try
        {
            parts.Hold.Require(request.Hold);
            RequireIdle();
            RequireNotHalted();
            RequireNoWayBack();
            RequireNoReboot();
            use = await UseStoresAsync(cancellationToken);
            var assessment = UpdateGate.Require(convergence.Required, request, parts.State.Current);
            disruption.Require(assessment.Services, request.ForceDisruption, call.Caller.User);
            await EndFetchAsync();
            var plan = assessment.Plan!;
            log.UpdateBegins(assessment.Image.Name, plan.Id.ToShortString(), plan.Steps.Length, call.Caller.User);
            parts.State.Change(state => state with { Phase = SubPhase.Preparing, RunningPlan = plan.Id });
            _update = RunUpdateAsync(assessment, request.Lifetime, use);
            use = null;
            return new UpdateResponse();
        }
        finally
        {
            use?.Dispose();
            _starting.Release();
        }
    }

    private async ValueTask<ComputedResult> SetComputedAsync(IAsyncEnumerable<ComputedChunk> chunks, RpcCall call, CancellationToken cancellationToken)
    {
        using var use = await parts.Stores.UseAsync(cancellationToken);
        var set = await parts.Computed.ReceiveAsync(chunks, parts.Hold.Require, cancellationToken);
        call.SetAudit(set.Digest.ToString());
        convergence.Look();
        return new ComputedResult { Set = set.Digest };
    }

    /// <summary>Rule 25: an image that was rolled back is offered again when a person asks for it.</summary>
    private async ValueTask<RetryResponse> RetryAsync(RetryRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            parts.Hold.Require(request.Hold);
            RequireIdle();
            RequireNoWayBack();
            var isHeld = request.Manifest.IsNone && reboots.Release();
            var remembered = parts.RolledBack.Note?.Manifest ?? default;
            call.SetAudit(remembered.ToString(), request.Reason);
            if (!request.Manifest.IsNone && request.Manifest != remembered)
            {
                throw new RpcException(RpcStatus.Conflict, $"the image of manifest {request.Manifest} is not remembered as rolled back here (any more); poll again", "NotRolledBack");
            }

            if (isHeld)
            {
                log.RebootReleased(call.Caller.User, request.Reason);
                return new RetryResponse { Manifest = remembered };
            }

            parts.RolledBack.Clear();
            await convergence.LookNowAsync(static state => state, cancellationToken);
            return new RetryResponse { Manifest = remembered };
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Keeps the cleaner away. What it has just removed may be what the last look found.</summary>
    private async Task<StoreGate.Use> UseStoresAsync(CancellationToken cancellationToken)
    {
        var use = await parts.Stores.UseAsync(cancellationToken);
        try
        {
            if (use.Waited)
            {
                await convergence.LookNowAsync(static state => state, cancellationToken);
            }

            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    private async Task RunUpdateAsync(Assessment assessment, TimeSpan lifetime, StoreGate.Use use)
    {
        using var keeps = use;
        using var direction = parts.Directions.Begin(lifetime, _stopping.Token);
        await Task.Run(() => updates.RunAsync(assessment, direction.Token), CancellationToken.None);
    }

    /// <summary>It belongs to the update, which no stop ends from the moment services are stopped (rule 19): it is no direction that could expire.</summary>
    private async Task RunWayBackAsync(StoreGate.Use use)
    {
        using var keeps = use;
        await Task.Run(updates.GoBackAsync, CancellationToken.None);
    }

    private async Task RunFetchAsync(ImageReference image, FetchRequest grant, StoreGate.Use use)
    {
        using var keeps = use;
        using var fetching = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var direction = parts.Directions.Begin(grant.Lifetime, fetching.Token);
        _fetching = fetching;
        parts.State.Change(state => state with { Phase = SubPhase.Fetching });
        var error = "";
        try
        {
            await _backoff.WaitAsync(image.Manifest, direction.Token);
            await Task.Run(() => fetcher.FetchAsync(image, grant, direction.Token), CancellationToken.None);
            _backoff.Succeeded();
        }
        catch (OperationCanceledException) when (direction.Token.IsCancellationRequested)
        {
            error = parts.Directions.Halted ? "halted" : "";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The edge of the fetch: whatever failed, the master sees it and grants again; the next one waits a little longer.
            error = e.Message;
            _backoff.Failed(image.Manifest);
            log.FetchFailed(image.Name, e.Message);
        }

        _fetching = null;
        parts.State.Change(state => state with { LastFetchError = error });
        try
        {
            await convergence.LookNowAsync(AfterFetch, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A fetch that ended with a fault would be thrown at whoever ends or follows it.
            log.CannotCompare(image.Name, e.Message);
            parts.State.Change(state => AfterFetch(state) with { LastWriteError = e.Message });
        }
    }

    private PollResponse AfterFetch(PollResponse state) => state with
    {
        Phase = parts.Watch.Current is null ? SubPhase.Scanning : SubPhase.Idle,
    };

    private async Task EndFetchAsync()
    {
        if (_fetching is { } fetching)
        {
            await fetching.CancelAsync();
        }

        await _fetch;
    }

    private void RequireIdle()
    {
        if (!_update.IsCompleted)
        {
            throw new RpcException(RpcStatus.Conflict, $"the update with plan {parts.State.Current.RunningPlan} is running", "Busy");
        }
    }

    private void RequireNoWayBack()
    {
        if (parts.RolledBack.IsDue)
        {
            throw new RpcException(RpcStatus.Conflict, "the machine is being brought back to the image before", "Busy");
        }
    }

    private void RequireNoReboot()
    {
        if (parts.Reboot.IsDue)
        {
            throw new RpcException(RpcStatus.Conflict, "the machine is about to reboot for the last update", "Busy");
        }
    }

    private void RequireNotHalted()
    {
        if (parts.Directions.Halted)
        {
            throw new RpcException(RpcStatus.Conflict, "the last poll said that updates are stopped", "Halted");
        }
    }
}
