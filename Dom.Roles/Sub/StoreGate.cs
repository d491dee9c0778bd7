using System.Diagnostics.CodeAnalysis;

namespace Dom.Roles.Sub;

/// <summary>Keeps the cleaner of the stores and those who use them apart: what a fetch has just brought must not look like what nobody needs.</summary>
/// <remarks>Any number may use the stores at once. Cleaning begins only when nobody does, and gives way at the next object when somebody wants to.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Who cleans ends the cleaning; the gate only knows of it.")]
internal sealed class StoreGate
{
    private readonly Lock _lock = new();
    private int _users;
    private Cleaning? _cleaning;

    /// <summary>Begins a use. Cleaning that is under way is told to end, and waited for.</summary>
    /// <returns>The use, until it is disposed.</returns>
    public async Task<Use> UseAsync(CancellationToken cancellationToken)
    {
        Cleaning? cleaning;
        lock (_lock)
        {
            _users++;
            cleaning = _cleaning;
        }

        var use = new Use(this, cleaning is not null);
        if (cleaning is not null)
        {
            try
            {
                await cleaning.EndAsync().WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                use.Dispose();
                throw;
            }
        }

        return use;
    }

    /// <summary>Begins cleaning; null while somebody uses the stores.</summary>
    public Cleaning? TryClean()
    {
        lock (_lock)
        {
            return _users > 0 || _cleaning is not null ? null : _cleaning = new Cleaning(this);
        }
    }

    /// <summary>One use of the stores.</summary>
    internal sealed class Use(StoreGate gate, bool waited) : IDisposable
    {
        private bool _isOver;

        /// <summary>True when the stores were being cleaned: what was known of their contents may not be so any more.</summary>
        public bool Waited => waited;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (gate._lock)
            {
                gate._users -= _isOver ? 0 : 1;
                _isOver = true;
            }
        }
    }

    /// <summary>Cleaning that is under way.</summary>
    internal sealed class Cleaning(StoreGate gate) : IDisposable
    {
        private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>True when somebody wants to use the stores: nothing more is to be removed.</summary>
        public bool IsWanted => WhenWanted.IsCompleted;

        /// <summary>Completes when somebody wants to use the stores.</summary>
        public Task WhenWanted => _wanted.Task;

        /// <summary>Asks for the end of cleaning, and completes with it.</summary>
        public Task EndAsync()
        {
            _wanted.TrySetResult();
            return _over.Task;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (gate._lock)
            {
                gate._cleaning = null;
            }

            _over.TrySetResult();
        }
    }
}
