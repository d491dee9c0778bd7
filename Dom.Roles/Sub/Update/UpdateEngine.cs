using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;

namespace Dom.Roles.Sub.Update;

/// <summary>Carries out plans: prepare, stop services, swap, start services. Survives being killed at any instant.</summary>
/// <remarks>
/// Before the journal's swap record nothing in the tree is touched, and whatever goes wrong ends with services running and the staging directory
/// empty. After it the update always goes on to its end, in this process or the next one. One update at a time.
/// </remarks>
public sealed class UpdateEngine : IAsyncDisposable
{
    private readonly UpdateSite _site;
    private readonly FileObjectStore _objects;
    private readonly ServiceControl _services;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _serviceTurn = new(1);
    private readonly Lock _discards = new();
    private volatile bool _updating;
    private Task _discarding = Task.CompletedTask;

    /// <summary>An engine for one tree. <see cref="RecoverAsync"/> must be called before the first update.</summary>
    public UpdateEngine(UpdateSite site, FileObjectStore objects, IServiceRunner services, TimeProvider time)
    {
        _site = site;
        _objects = objects;
        _services = new ServiceControl(site.Private, services);
        _time = time;
        Previous = new PreviousFiles(site.Private);
    }

    /// <summary>Told what an update that swapped did just before its journal goes: what is written down then is never lost, at worst written twice.</summary>
    public Action<UpdateOutcome> Concluding { get; set; } = static _ => { };

    /// <summary>What the last change of image replaced.</summary>
    internal PreviousFiles Previous { get; }

    /// <summary>True while services that an update stopped are not all started again.</summary>
    public bool ServicesDown => _services.AnyDown;

    /// <summary>Carries out an update.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="halt">Ends the update as long as no service was stopped; later it has no effect (rule 19).</param>
    public async Task<UpdateOutcome> ApplyAsync(UpdateOrder order, CancellationToken halt)
    {
        // A retry of services that is under way ends with the action it is at.
        _updating = true;
        await _serviceTurn.WaitAsync(CancellationToken.None);
        try
        {
            return await CarryOutAsync(order, halt);
        }
        finally
        {
            _updating = false;
            _serviceTurn.Release();
        }
    }

    private async Task<UpdateOutcome> CarryOutAsync(UpdateOrder order, CancellationToken halt)
    {
        using var run = new UpdateRun(_site, _objects, Previous, _services, _time, order) { Concluding = Concluding };
        try
        {
            foreach (var stage in UpdateStages.Preparation)
            {
                halt.ThrowIfCancellationRequested();
                await RunAsync(stage, run, halt);
            }

            halt.ThrowIfCancellationRequested();
            foreach (var stage in UpdateStages.Commitment)
            {
                await RunAsync(stage, run, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (halt.IsCancellationRequested)
        {
            return await AbandonAsync(run, UpdateCode.Halted, "updates were halted or the direction expired before the swap");
        }
        catch (UpdateAbortedException e)
        {
            return await AbandonAsync(run, e.Code, e.Message);
        }
        catch (IOException e)
        {
            return await AbandonAsync(run, UpdateCode.PrepareFailed, e.Message);
        }

        foreach (var stage in UpdateStages.FromSwap)
        {
            await RunAsync(stage, run, CancellationToken.None);
        }

        _ = FreeDiscarded();
        return run.Finish();
    }

    /// <summary>Frees in the background the space of what was put aside; completes when that is done.</summary>
    public Task FreeDiscarded()
    {
        lock (_discards)
        {
            return _discarding = RemoveDiscardedAsync(_discarding);
        }
    }

    /// <summary>Ends what an earlier process left: a swap that began goes on to its end, anything else is dropped; then services are started (rule 20).</summary>
    /// <param name="phaseChanged">Told when the recovery enters another phase.</param>
    /// <returns>What was finished; null when no swap was under way.</returns>
    public async Task<UpdateOutcome?> RecoverAsync(Action<SubPhase>? phaseChanged = null)
    {
        using var staging = StagingArea.Open(_site.Private);
        var content = Journal.Open(_site.Private, out var journal);
        UpdateOutcome? outcome = null;
        using (journal)
        {
            if (content is { SwapBegan: true, Header: { } header })
            {
                phaseChanged?.Invoke(SubPhase.Recovering);
                outcome = RollForward(content, header, staging);
            }
            else
            {
                _services.Withdraw();
            }

            await _services.SettleAsync(CancellationToken.None);
            if (outcome is null)
            {
                journal?.Remove();
            }
            else
            {
                var kept = staging.Keep(content!.Steps);
                if (outcome.Header.Previous is { } previous)
                {
                    Previous.Take(staging, content.Steps, previous);
                }

                _site.Root.SyncFileSystem();
                outcome = outcome with
                {
                    FailedServices = _services.Failed,
                    FailedTriggers = _services.FailedOfUpdate,
                    ServiceLogs = _services.Logs,
                    Reboots = _services.RebootDue,
                    Kept = kept,
                };
                Concluding(outcome);
                _services.RebootNoted();
                journal!.Finish();
            }
        }

        staging.Clear();
        _ = FreeDiscarded();
        return outcome;
    }

    /// <summary>Waits until what the last update replaced is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _discarding;
        _serviceTurn.Dispose();
    }

    /// <summary>Does something with a service, or reboots, apart from any update; one that comes meanwhile waits for it.</summary>
    /// <returns>False while an update or another such action is under way; why it failed, null when it did not.</returns>
    public async Task<(bool Done, string? Error)> TryRunServiceAsync(ServiceVerb verb, string service, CancellationToken cancellationToken)
    {
        if (!await _serviceTurn.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return (false, null);
        }

        try
        {
            return (true, await _services.RunAsync(verb, service, cancellationToken));
        }
        finally
        {
            _serviceTurn.Release();
        }
    }

    /// <summary>Tries once more to start what an earlier update could not start. While an update runs it does nothing: that one starts them itself.</summary>
    public async Task RetryServicesAsync(CancellationToken cancellationToken)
    {
        if (!await _serviceTurn.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        try
        {
            await _services.SettleAsync(() => _updating, cancellationToken);
        }
        finally
        {
            _serviceTurn.Release();
        }
    }

    private async Task RemoveDiscardedAsync(Task before)
    {
        await before;
        try
        {
            await Task.Run(() => StagingArea.RemoveDiscarded(_site.Private), CancellationToken.None);
        }
        catch (IOException)
        {
            // It only takes space; the next update or start tries again.
        }
    }

    private static Task RunAsync(IUpdateStage stage, UpdateRun run, CancellationToken halt)
    {
        run.Order.PhaseChanged(stage.Phase);
        return stage.RunAsync(run, halt);
    }

    private UpdateOutcome RollForward(JournalContent content, JournalHeader header, StagingArea staging)
    {
        var started = _time.GetTimestamp();
        using var swapper = new Swapper(_site, staging);
        if (!content.SwapDone)
        {
            swapper.Run(content.Steps, again: true);
        }

        return UpdateRun.Describe(header, swapper, [.. content.Steps.Select(step => step.Path)], _time.GetElapsedTime(started));
    }

    private async Task<UpdateOutcome> AbandonAsync(UpdateRun run, UpdateCode code, string message)
    {
        _services.Withdraw();
        await _services.SettleAsync(CancellationToken.None);
        run.Journal?.Remove();
        run.Staging.Clear();
        return new UpdateOutcome
        {
            Header = run.Header,
            Code = code,
            Message = message,
            FailedServices = _services.Failed,
            ServiceLogs = _services.Logs,
            LeftOut = run.Drafts.LeftOut,
            // A plan that no longer fits was made from a tree that has changed since.
            Touched = code == UpdateCode.PlanChanged ? [.. run.Order.Plan.Steps.Select(static step => step.Path)] : [],
        };
    }
}
