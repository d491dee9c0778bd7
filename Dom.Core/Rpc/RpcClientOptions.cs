namespace Dom.Core.Rpc;

/// <summary>How a client behaves; the defaults suit everybody but tests.</summary>
public sealed record RpcClientOptions
{
    /// <summary>Time to connect, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a repeatable call is tried again after a failure that may pass; 0 for never.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>First wait before trying again; it doubles each time and varies at random.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before trying again.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After this long without a byte the shared connection is probed, and given up when the probe is not answered.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for the answer to a probe.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a bulk transfer may stand still before it is given up.</summary>
    public TimeSpan BulkIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most HTTP/1.1 connections for bulk methods at a time; more calls wait.</summary>
    public int BulkConnections { get; init; } = 8;
}
