namespace Dom.Roles.ImageServer;

/// <summary>What went in and out since the start.</summary>
internal sealed class ImageServerCounters
{
    private long _received;
    private long _sent;
    private long _added;

    /// <summary>Bytes of objects and blocks received.</summary>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>Bytes of objects, blocks and manifests sent.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Images added.</summary>
    public long ImagesAdded => Interlocked.Read(ref _added);

    public void Received(int bytes) => Interlocked.Add(ref _received, bytes);

    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

    public void Added() => Interlocked.Increment(ref _added);
}
