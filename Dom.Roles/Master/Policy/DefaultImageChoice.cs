using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.Policy;

/// <summary>The image of machines for which the machine list requires none; durable. Safe for several threads.</summary>
internal sealed class DefaultImageChoice(DefaultImage state, TimeProvider clock, Func<Task> save) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile DefaultImage _state = state;
    private volatile DefaultImage? _coming;

    /// <summary>The image, with who set it and why.</summary>
    public DefaultImage State => _state;

    /// <summary>Sets the image; it is in force only once that is durable.</summary>
    /// <exception cref="IOException">It could not be made durable, and nothing has changed.</exception>
    public async Task<DefaultImage> SetAsync(string image, string user, string reason, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            _coming = new DefaultImage { Image = image, User = user, Reason = reason, Since = clock.GetUtcNow() };
            await save();
            return _state = _coming;
        }
        finally
        {
            _coming = null;
            _one.Release();
        }
    }

    /// <summary>What is to be written: the coming state while it is made durable.</summary>
    public DefaultImage Snapshot() => _coming ?? _state;

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
