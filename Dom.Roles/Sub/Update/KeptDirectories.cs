using System.Globalization;
using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>
/// What directories that gave way unexpectedly held: something appeared in them in the instant between the last look and the move. Nothing that no plan has
/// listed is ever removed, so it is put aside here until a person has looked at it.
/// </summary>
/// <remarks>Each has a directory of its own in <c>kept</c>, named by its inode number: <c>content</c> is the directory, <c>path</c> tells where it stood.</remarks>
internal sealed class KeptDirectories(DirectoryHandle privateDirectory)
{
    private const uint Mode = 0x1c0;
    private const int MaxPath = 64 * 1024;
    private const int MaxReported = 16;

    private static ReadOnlySpan<byte> Area => "kept"u8;

    private static ReadOnlySpan<byte> Content => "content"u8;

    private static ReadOnlySpan<byte> PathFile => "path"u8;

    /// <summary>Puts a directory aside. May be repeated after a crash.</summary>
    /// <param name="directory">What holds it.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">The path it stood at; empty when that is not known.</param>
    /// <returns>Where it is now, below the private directory.</returns>
    public string Put(DirectoryHandle directory, ReadOnlySpan<byte> name, UnixPath path)
    {
        var number = directory.GetStatus(name).Inode.ToString(CultureInfo.InvariantCulture);
        using var area = privateDirectory.OpenOrMakeDirectory(Area, Mode);
        using var place = area.OpenOrMakeDirectory(Encoding.ASCII.GetBytes(number), Mode);
        if (!path.IsEmpty)
        {
            place.ReplaceFile(PathFile, path.Span);
        }

        directory.Rename(name, place, Content);
        place.Sync();
        area.Sync();
        return $"{Encoding.ASCII.GetString(Area)}/{number}/{Encoding.ASCII.GetString(Content)}";
    }

    /// <summary>Looks, and returns a change of the reported state by what was seen.</summary>
    public Func<PollResponse, PollResponse> Look()
    {
        var (count, paths) = List(MaxReported);
        return state => state with { Kept = count, KeptPaths = paths };
    }

    /// <summary>How many there are, and the paths of the first.</summary>
    public (int Count, IReadOnlyList<UnixPath> Paths) List(int maxPaths)
    {
        if (privateDirectory.TryOpenDirectory(Area, out var area) != Errno.None)
        {
            return (0, []);
        }

        using (area)
        {
            var count = 0;
            var paths = new List<UnixPath>();
            foreach (var name in area!.ListNames())
            {
                if (area!.TryOpenDirectory(name, out var place) != Errno.None)
                {
                    continue;
                }

                using (place)
                {
                    if (place!.Exists(Content) && ++count <= maxPaths)
                    {
                        paths.Add(new UnixPath(place.ReadFileIfExists(PathFile, MaxPath) ?? []));
                    }
                }
            }

            return (count, paths);
        }
    }
}
