namespace Dom.Roles.MdbSync.Publication;

/// <summary>The newest list, for readers that each go at their own pace: nothing is queued for them.</summary>
internal sealed class MachineFeed
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PublishedList? _current;

    /// <summary>The list in force; null before the first.</summary>
    public PublishedList? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Puts a list into force.</summary>
    public void Publish(PublishedList list)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _current = list;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Completes when a list after this generation is in force.</summary>
    public Task AfterAsync(long generation)
    {
        lock (_lock)
        {
            return _current is { } current && current.Generation > generation ? Task.CompletedTask : _changed.Task;
        }
    }
}
