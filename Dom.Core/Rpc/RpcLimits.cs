namespace Dom.Core.Rpc;

/// <summary>Limits of a method. Both sides enforce them while they read, before memory is taken.</summary>
public sealed record RpcLimits
{
    /// <summary>The limits of a method that says nothing: 1 MiB a request, 8 MiB a response, 30 seconds.</summary>
    public static RpcLimits Default { get; } = new();

    /// <summary>Most bytes of one request message (in a stream: of each).</summary>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>Most bytes of one response message (in a stream: of each).</summary>
    public int MaxResponseBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Time for the whole call including retries; it travels with the call and cancels the handler. Streams have none unless
    /// <see cref="StreamDeadline"/> is set; <see cref="Timeout.InfiniteTimeSpan"/> means none.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for a whole streaming call; none by default.</summary>
    public TimeSpan StreamDeadline { get; init; } = Timeout.InfiniteTimeSpan;
}
