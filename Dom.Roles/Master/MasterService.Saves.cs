namespace Dom.Roles.Master;

internal sealed partial class MasterService
{
    private static readonly TimeSpan SaveRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepRecords = TimeSpan.FromDays(90);

    /// <summary>Saves what could not be saved, such as failures and halts, until it is on disk: a restart must not forget them.</summary>
    private async Task RepeatSavesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SaveRetry, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await RepeatSavesOnceAsync();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await RepeatSavesOnceAsync();
        }
    }

    private async Task RepeatSavesOnceAsync()
    {
        if (_state.Unsaved().Count == 0)
        {
            return;
        }

        try
        {
            await _state.RetryAsync();
            LogSaved(_logger, _options.StateDirectory);
        }
        catch (IOException fault)
        {
            LogUnsaved(_logger, _options.StateDirectory, fault.Message);
        }
    }

    /// <summary>Removes, once a day, what was recorded of machines that left the list long ago.</summary>
    private async Task PruneRecordsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PruneInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                PruneRecords(_clock.GetUtcNow() - KeepRecords);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogPruningEnded(_logger);
        }
    }

    private void PruneRecords(DateTimeOffset before)
    {
        if (_list.Error.Length > 0)
        {
            // Which machines there are is not certain now.
            return;
        }

        try
        {
            History.Prune(List.Machines.Select(m => m.Hostname), before);
            Drift.Prune(List.Machines.Select(m => m.Hostname), before);
        }
        catch (IOException fault)
        {
            LogNotPruned(_logger, _options.StateDirectory, fault.Message);
        }
    }
}
