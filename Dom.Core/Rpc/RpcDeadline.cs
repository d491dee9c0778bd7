namespace Dom.Core.Rpc;

/// <summary>A token that is cancelled by the caller or when time runs out, and that knows which.</summary>
internal sealed class RpcDeadline : IDisposable
{
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _linked;

    public RpcDeadline(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        Time = time;
        Token = cancellationToken;
        if (time != Timeout.InfiniteTimeSpan)
        {
            _timer = new CancellationTokenSource(time, clock);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
            Token = _linked.Token;
        }
    }

    /// <summary>The time granted.</summary>
    public TimeSpan Time { get; }

    public CancellationToken Token { get; }

    /// <summary>True when time has run out.</summary>
    public bool HasPassed => _timer is { IsCancellationRequested: true };

    public void Dispose()
    {
        _linked?.Dispose();
        _timer?.Dispose();
    }
}
