using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Finds which names of a snapshot belong to one file. Goes only where files with several names are.</summary>
internal static class LinkCollector
{
    internal static LinkTable Collect(MachineDirectory root)
    {
        var names = new Dictionary<FileId, List<UnixPath>>();
        Search(root, UnixPath.Root, names);
        return names.Count == 0
            ? LinkTable.Empty
            : new LinkTable(names.Values.Where(static paths => paths.Count > 1).Select(static paths => new LinkGroup(paths)));
    }

    private static void Search(MachineDirectory directory, UnixPath path, Dictionary<FileId, List<UnixPath>> names)
    {
        foreach (var entry in directory.EntriesWhere(static counts => counts.LinkedNames > 0))
        {
            if (entry.Directory is { Counts.LinkedNames: > 0 } below)
            {
                Search(below, path.Join(entry.Name), names);
            }
            else if (entry.Facts.IsLinked)
            {
                if (!names.TryGetValue(entry.Facts.Id, out var paths))
                {
                    names.Add(entry.Facts.Id, paths = []);
                }

                paths.Add(path.Join(entry.Name));
            }
        }
    }
}
