namespace Dom.Roles.Hosting;

/// <summary>What a port grants to those who have not shown a good certificate, and to slow ones.</summary>
public sealed record RoleHostLimits
{
    /// <summary>Time for the first byte of a connection.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the rest of the TLS hello, and then for the handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the head of a request.</summary>
    public TimeSpan RequestHead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Connections at a time that have sent nothing or a part of a TLS hello, and as many again within the handshake, from all addresses. One more
    /// takes the place of the oldest.
    /// </summary>
    public int Unauthenticated { get; init; } = 256;

    /// <summary>The same from one address, or one IPv6 network of 64 bits.</summary>
    public int UnauthenticatedPerAddress { get; init; } = 32;

    /// <summary>Connections at a time that speak without TLS, or have shown no good certificate in it, from all addresses. One more takes the place of the oldest.</summary>
    public int Strangers { get; init; } = 256;

    /// <summary>The same from one address, or one IPv6 network of 64 bits.</summary>
    public int StrangersPerAddress { get; init; } = 32;

    /// <summary>How long a connection without a good certificate may last while more than half of such places are taken.</summary>
    public TimeSpan LifetimeUnderPressure { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection without a good certificate may last; it is then closed after its current request.</summary>
    public TimeSpan UnauthenticatedLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time an idle authenticated connection is kept.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Connections at a time in all.</summary>
    public int Connections { get; init; } = 65_536;

    /// <summary>
    /// Connections at a time with a good certificate of one user at one address, or one IPv6 network of 64 bits. At all addresses together a user may
    /// have <see cref="CallerGate.AddressesOfUser"/> times as many. One more is served as a stranger's, and its calls are refused with the reason.
    /// </summary>
    public int ConnectionsPerCaller { get; init; } = 512;

    /// <summary>Calls and pages under way, counted the same way. One more is refused.</summary>
    public int CallsPerCaller { get; init; } = 512;

    /// <summary>
    /// Bytes of requests in memory, counted the same way, but at all addresses <see cref="CallerGate.BytesOfUser"/> times as many. The first 16 KiB of
    /// each request do not count; a request that needs more is refused.
    /// </summary>
    public long RequestBytesPerCaller { get; init; } = 32 << 20;

    /// <summary>How long the rest of an upload that has failed is read and thrown away, so that its sender comes to read the error.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for calls to end when the host stops.</summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(5);
}
