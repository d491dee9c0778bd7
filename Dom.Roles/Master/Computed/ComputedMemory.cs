namespace Dom.Roles.Master.Computed;

/// <summary>
/// The memory for computed files of all machines that have been received and not been pushed yet. Room for one largest set is set aside for whoever waits
/// first, so that sets that have a part of their content and wait for more can never wait for each other; the others wait in line. Safe for several threads.
/// </summary>
internal sealed class ComputedMemory
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _line = new();
    private readonly long _shared;
    private long _free;
    private Share? _first;

    /// <param name="bytes">How much there is in all; at least <paramref name="largest"/>.</param>
    /// <param name="largest">The most that one machine may take.</param>
    public ComputedMemory(long bytes = 256 << 20, long largest = 32 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, largest);
        Bytes = bytes;
        Largest = largest;
        _free = _shared = bytes - largest;
    }

    /// <summary>How much there is in all.</summary>
    public long Bytes { get; }

    /// <summary>The most that one machine may take.</summary>
    public long Largest { get; }

    /// <summary>How much is taken.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
            {
                return _shared - _free + (_first?.Reserved ?? 0);
            }
        }
    }

    /// <summary>How many wait for room.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>The share of one machine; nothing is taken yet. For one thread.</summary>
    public Share Open() => new(this);

    private Task TakeAsync(Share share, long bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Largest - share.Shared - share.Reserved);
        lock (_lock)
        {
            return (bytes == 0 || _line.Count == 0 || share == _first) && TryTake(share, bytes)
                ? Task.CompletedTask
                : WaitAsync(_line.AddLast(new Waiter(share, bytes)), cancellationToken);
        }
    }

    private async Task WaitAsync(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.UnsafeRegister(_ => Withdraw(place, cancellationToken), null);
        await place.Value.Room.Task;
    }

    private void Withdraw(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                // It was served in the same instant.
                return;
            }

            _line.Remove(place);
            place.Value.Room.SetCanceled(cancellationToken);
            Serve();
        }
    }

    private void Release(Share share)
    {
        lock (_lock)
        {
            _free += share.Shared;
            (share.Shared, share.Reserved) = (0, 0);
            if (share == _first)
            {
                _first = null;
            }

            Serve();
        }
    }

    private void Serve()
    {
        while (_line.First is { } next && TryTake(next.Value.Share, next.Value.Bytes))
        {
            _line.Remove(next);
            next.Value.Room.SetResult();
        }
    }

    /// <summary>Takes of what is free, or becomes the one for whom room is set aside. Whoever has that takes nothing from the others any more.</summary>
    private bool TryTake(Share share, long bytes)
    {
        if (share != _first && bytes <= _free)
        {
            _free -= bytes;
            share.Shared += bytes;
            return true;
        }

        if ((_first ??= share) != share)
        {
            return false;
        }

        share.Reserved += bytes;
        return true;
    }

    /// <summary>What one machine has taken, until it is disposed.</summary>
    internal sealed class Share(ComputedMemory memory) : IDisposable
    {
        /// <summary>Bytes of what is there for all.</summary>
        public long Shared { get; set; }

        /// <summary>Bytes of what is set aside for one.</summary>
        public long Reserved { get; set; }

        /// <summary>All of it.</summary>
        public long Bytes => Shared + Reserved;

        /// <summary>True while it waits for room.</summary>
        public bool IsWaiting { get; private set; }

        /// <summary>Waits for room and takes it. A share must not take more than <see cref="Largest"/> in all. A cancelled wait takes nothing.</summary>
        public async Task TakeAsync(long bytes, CancellationToken cancellationToken)
        {
            IsWaiting = true;
            await memory.TakeAsync(this, bytes, cancellationToken);
            IsWaiting = false;
        }

        /// <inheritdoc/>
        public void Dispose() => memory.Release(this);
    }

    private sealed record Waiter(Share Share, long Bytes)
    {
        public TaskCompletionSource Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
