namespace Dom.Roles.Master;

internal sealed partial class MasterService
{
    private static readonly TimeSpan SaveRetry = TimeSpan.FromSeconds(5);

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
}
