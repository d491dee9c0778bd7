using Dom.Core.Rpc;

namespace Dom.Roles.Master.Computed;

/// <summary>The connection to one file generator, and the turns of those that ask it.</summary>
internal sealed class FileGeneratorChannel(RpcChannel channel, int atOnce) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turns = new(atOnce);
    private int _users;

    /// <summary>True while nobody asks or waits for a turn.</summary>
    public bool IsIdle => Volatile.Read(ref _users) == 0;

    /// <summary>When it was last asked, as a number that grows with each use of any of them.</summary>
    public long LastUse { get; private set; }

    /// <summary>Somebody is about to ask: from here on it is not idle.</summary>
    public Use Begin(long number)
    {
        LastUse = number;
        Interlocked.Increment(ref _users);
        return new Use(this);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        _turns.Dispose();
    }

    /// <summary>One question to the generator; disposed when it is over.</summary>
    internal sealed class Use(FileGeneratorChannel generator) : IDisposable
    {
        private bool _hasTurn;

        /// <summary>Where to ask.</summary>
        public RpcChannel Channel => generator.Connection;

        /// <summary>Waits for a turn. When that is cancelled the use is over.</summary>
        public async Task<Use> TurnAsync(CancellationToken cancellationToken)
        {
            try
            {
                await generator._turns.WaitAsync(cancellationToken);
                _hasTurn = true;
                return this;
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_hasTurn)
            {
                _hasTurn = false;
                generator._turns.Release();
            }

            Interlocked.Decrement(ref generator._users);
        }
    }

    private RpcChannel Connection => channel;
}
