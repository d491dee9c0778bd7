using Dom.Core.Objects;

namespace Dom.Roles.Sub;

/// <summary>Pauses between attempts to fetch an image that fails, doubled each time up to a minute, with jitter: a broken image server is not stormed.</summary>
internal sealed class FetchBackoff(TimeProvider time, Random random)
{
    private const int MaxDoublings = 6;

    private ObjectId _manifest;
    private int _failures;
    private long _lastFailure;

    /// <summary>Waits what is left of the pause after the last failure with this image.</summary>
    public Task WaitAsync(ObjectId manifest, CancellationToken cancellationToken)
    {
        if (_failures == 0 || manifest != _manifest)
        {
            return Task.CompletedTask;
        }

        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_failures - 1, MaxDoublings))) * (0.75 + (random.NextDouble() / 2));
        var rest = pause - time.GetElapsedTime(_lastFailure);
        return rest > TimeSpan.Zero ? Task.Delay(rest, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>An attempt failed.</summary>
    public void Failed(ObjectId manifest)
    {
        _failures = manifest == _manifest ? _failures + 1 : 1;
        _manifest = manifest;
        _lastFailure = time.GetTimestamp();
    }

    /// <summary>An attempt succeeded.</summary>
    public void Succeeded() => _failures = 0;
}
