using Dom.Roles.Sub.Update;

namespace Dom.Tests.Roles.Sub;

/// <summary>Holds the update of this process at a fail point until the test lets it go on.</summary>
internal sealed class HeldUpdate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _goOn = new();
    private readonly string _place;
    private int _passed;

    public HeldUpdate(string place)
    {
        _place = place;
        FailPoint.Passing = Pass;
    }

    /// <summary>Waits until the update is there.</summary>
    public Task ReachedAsync(CancellationToken cancellationToken) => _reached.Task.WaitAsync(cancellationToken);

    /// <summary>Lets it go on.</summary>
    public void GoOn() => _goOn.Set();

    public void Dispose()
    {
        FailPoint.Passing = null;
        _goOn.Set();
    }

    private void Pass(string name)
    {
        if (name == _place && Interlocked.Increment(ref _passed) == 1)
        {
            _reached.SetResult();
            _goOn.Wait();
        }
    }
}
