using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Trees.Filters;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Tools;

/// <summary>
/// Where a tool may change something: at a path that is compared with the image, so that what is changed is seen as drift; reached through directories of the
/// root's own file system, never through a symbolic link; and never below <c>.subd</c>.
/// </summary>
internal sealed class TreePlace(SubParts parts, PathFilter exclusions)
{
    private const int MaxPath = 4096;

    /// <summary>Refuses a path that no tool may change.</summary>
    public void Require(UnixPath path)
    {
        if (FaultOf(path) is { } fault)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"'{path}' {fault}", "BadPath");
        }
    }

    /// <summary>Opens the directory of a path and does something in it.</summary>
    /// <exception cref="RpcException">The directory is not there, or not in the tree itself.</exception>
    public T Enter<T>(UnixPath path, PlaceAction<T> action)
    {
        using var cursor = new DirectoryCursor(parts.Directory.Root);
        var error = cursor.TryEnterParent(path.Bytes, out var directory, out var name);
        return error switch
        {
            Errno.None => action(directory, name),
            Errno.ENOENT => throw new RpcException(RpcStatus.NotFound, $"the directory '{path.Parent}' is not there", "NoSuchDirectory"),
            Errno.EXDEV => throw new RpcException(RpcStatus.InvalidArgument, $"'{path}' is on a file system that is mounted below the root; only the root's own is managed", "BadPath"),
            Errno.ELOOP or Errno.ENOTDIR => throw new RpcException(RpcStatus.InvalidArgument, $"'{path.Parent}' leads through a symbolic link or a file; name the path itself", "BadPath"),
            _ => throw new RpcException(RpcStatus.Internal, new LinuxException(error, "open", path.Parent.ToString()).Message, "Unreadable"),
        };
    }

    private string? FaultOf(UnixPath path)
    {
        if (!path.IsAbsolute || path.Length > MaxPath || path.Length < 2)
        {
            return $"is no absolute path of at most {MaxPath} bytes";
        }

        foreach (var range in path.Span[1..].Split((byte)'/'))
        {
            var name = path.Span[1..][range];
            if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            {
                return "has an empty name, '.' or '..' in it";
            }
        }

        if (UnixPath.Of("/.subd").Contains(path))
        {
            return "belongs to the sub itself";
        }

        return IsLeftAlone(exclusions, path) ? "is excluded from scans: it is never compared, and what is changed there would never be seen"
            : Images().Any(manifest => parts.Library.TryFind(manifest)?.Filter is { } filter && IsLeftAlone(filter, path)) ? "is filtered by the image: it is never compared, and what is changed there would never be seen"
            : null;
    }

    private IEnumerable<Core.Objects.ObjectId> Images() =>
        new[] { parts.State.Current.RequiredManifest, parts.State.Current.AppliedManifest }.Where(static manifest => !manifest.IsNone);

    /// <summary>True when the path or a directory above it matches.</summary>
    private static bool IsLeftAlone(PathFilter filter, UnixPath path)
    {
        for (var at = path; at.Length > 1; at = at.Parent)
        {
            if (filter.Matches(at.Span))
            {
                return true;
            }
        }

        return false;
    }
}
