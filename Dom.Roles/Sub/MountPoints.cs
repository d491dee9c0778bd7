using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub;

/// <summary>What is mounted below a root that is seen through a view without mounts: scans do not meet it, so it is looked up.</summary>
/// <param name="read">Reads the kernel's table; null when mounts are seen by whoever scans, so that there is nothing to look up.</param>
internal sealed class MountPoints(Func<MountTable>? read)
{
    private readonly Lock _lock = new();
    private IReadOnlySet<UnixPath> _points = new HashSet<UnixPath>();

    /// <summary>True when something was mounted or unmounted since the last <see cref="Look"/>.</summary>
    public bool HasChanged
    {
        get
        {
            lock (_lock)
            {
                return read is not null && !_points.SetEquals(read().Points);
            }
        }
    }

    /// <summary>The mount points; the same object as before when nothing changed.</summary>
    public IReadOnlySet<UnixPath> Look()
    {
        lock (_lock)
        {
            if (read?.Invoke().Points is { } points && !_points.SetEquals(points))
            {
                _points = points;
            }

            return _points;
        }
    }
}
