using Dom.Core.Images;

namespace Dom.Roles.ImageServer;

/// <summary>The right of one user to have objects kept that no image names yet.</summary>
internal sealed class UploadLease(string id, string user, ImageName name, long bytes)
{
    private long _received;
    private long _lastUse;

    /// <summary>The word that names it.</summary>
    public string Id => id;

    /// <summary>Who holds it.</summary>
    public string User => user;

    /// <summary>The name the image will have.</summary>
    public ImageName Name => name;

    /// <summary>When it was last used, on the monotonic clock.</summary>
    public long LastUse
    {
        get => Interlocked.Read(ref _lastUse);
        set => Interlocked.Exchange(ref _lastUse, value);
    }

    /// <summary>Bytes announced that have not arrived.</summary>
    public long Outstanding => Math.Max(0, bytes - Interlocked.Read(ref _received));

    /// <summary>Counts bytes that arrived.</summary>
    public void Receive(long count) => Interlocked.Add(ref _received, count);
}
