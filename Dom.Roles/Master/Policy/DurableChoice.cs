namespace Dom.Roles.Master.Policy;

/// <summary>Something that a person set and that is in force only once it is durable. Safe for several threads.</summary>
internal sealed class DurableChoice<T>(T state, Func<Task> save) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile T _state = state;
    private volatile T? _coming;

    /// <summary>What is in force.</summary>
    public T State => _state;

    /// <summary>Sets it.</summary>
    /// <exception cref="IOException">It could not be made durable, and nothing has changed.</exception>
    public async Task<T> SetAsync(T other, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            _coming = other;
            await save();
            return _state = other;
        }
        finally
        {
            _coming = null;
            _one.Release();
        }
    }

    /// <summary>What is to be written: what is coming while it is made durable.</summary>
    public T Snapshot() => _coming ?? _state;

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
