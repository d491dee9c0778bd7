using Dom.Core.Linux;

namespace Dom.Core.Machines;

/// <summary>Tells whether a file must be read again, from its status.</summary>
/// <remarks>
/// A file system's clock is coarse: a file just written can be written again without a new time. So a file that changed a moment ago is read once more.
/// </remarks>
public sealed class FileFreshness(TimeProvider clock)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private FileStatus _seen;
    private long _seenAt;
    private bool _young;

    /// <summary>True when the file with this status must be read; the status then counts as read.</summary>
    public bool MustRead(in FileStatus status)
    {
        var same = status.IsUnchangedSince(_seen);
        if (same && !_young)
        {
            return false;
        }

        if (!same)
        {
            _seen = status;
            _seenAt = clock.GetTimestamp();
        }

        _young = !same || clock.GetElapsedTime(_seenAt) < Settled;
        return true;
    }

    /// <summary>What stands there next must be read, even if it is the file that stood there before.</summary>
    public void Forget() => _seen = default;
}
