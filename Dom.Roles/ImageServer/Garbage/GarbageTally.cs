using Dom.Core.Contracts.ImageServer;
using Dom.Core.Objects;

namespace Dom.Roles.ImageServer.Garbage;

/// <summary>Counts what a collection keeps and removes.</summary>
internal sealed class GarbageTally
{
    private long _kept;
    private long _keptBytes;
    private long _removed;
    private long _removedBytes;
    private long _young;
    private long _protected;

    /// <summary>Judges and counts one stored object; true when it may go.</summary>
    /// <param name="stored">The object.</param>
    /// <param name="isUsed">An image reaches it.</param>
    /// <param name="isProtected">An upload needs it.</param>
    /// <param name="until">What was stored later is too young.</param>
    public bool IsGarbage(in StoredObject stored, bool isUsed, bool isProtected, DateTimeOffset until)
    {
        if (isUsed)
        {
            _kept++;
            _keptBytes += stored.Size;
            return false;
        }

        if (isProtected || stored.StoredOn > until)
        {
            _protected += isProtected ? 1 : 0;
            _young += isProtected ? 0 : 1;
            return false;
        }

        _removed++;
        _removedBytes += stored.Size;
        return true;
    }

    /// <summary>The counts as an answer.</summary>
    public CollectGarbageResponse ToResponse(bool dryRun, int images, int packs, TimeSpan duration) => new()
    {
        DryRun = dryRun,
        Images = images,
        Kept = _kept,
        KeptBytes = _keptBytes,
        Removed = _removed,
        RemovedBytes = _removedBytes,
        TooYoung = _young,
        Protected = _protected,
        Packs = packs,
        Duration = duration,
    };
}
