using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Finds by inode what names a snapshot has for it. Goes through memory only: milliseconds for some hundred thousand names.</summary>
internal static class LinkedNames
{
    /// <summary>The other names of files with several names that are looked at by one of them.</summary>
    internal static IReadOnlyCollection<PathLook> FindOthers(MachineTree tree, IReadOnlyCollection<PathLook> looks)
    {
        var files = new HashSet<FileId>();
        foreach (var look in looks)
        {
            Collect(tree, look.Path, files);
        }

        if (files.Count == 0)
        {
            return [];
        }

        var names = Find(tree.Directory, files);
        names.ExceptWith(looks.Select(static look => look.Path));
        return [.. names.Select(static path => new PathLook(path, Deep: false))];
    }

    /// <summary>All names of some inodes.</summary>
    internal static HashSet<UnixPath> Find(MachineDirectory root, IReadOnlySet<FileId> files)
    {
        var names = new HashSet<UnixPath>();
        Search(root.Content, UnixPath.Root, files, names);
        return names;
    }

    /// <summary>Adds the file at a path when it has several names, and all such files below a directory.</summary>
    private static void Collect(MachineTree tree, UnixPath path, HashSet<FileId> files)
    {
        if (!tree.TryFind(path, out var entry))
        {
            return;
        }

        if (entry.Facts.IsLinked)
        {
            files.Add(entry.Facts.Id);
        }
        else if (entry.Directory is { } directory)
        {
            CollectBelow(directory, files);
        }
    }

    private static void CollectBelow(MachineDirectory directory, HashSet<FileId> files)
    {
        foreach (var entry in directory.EntriesWhere(static counts => counts.LinkedNames > 0))
        {
            if (entry.Facts.IsLinked)
            {
                files.Add(entry.Facts.Id);
            }
            else if (entry.Directory is { Counts.LinkedNames: > 0 } below)
            {
                CollectBelow(below, files);
            }
        }
    }

    private static void Search(MachinePart part, UnixPath path, IReadOnlySet<FileId> files, HashSet<UnixPath> names)
    {
        foreach (var child in part.Parts ?? [])
        {
            if (child is not null)
            {
                Search(child, path, files, names);
            }
        }

        if (part.Directories.Length == 0 && !HasAny(part.Facts, files))
        {
            return;
        }

        var cursor = new LeafCursor(part);
        while (part.Parts is null && cursor.MoveNext())
        {
            var entry = cursor.Current;
            if (entry.Directory is { } below)
            {
                Search(below.Content, path.Join(entry.Name), files, names);
            }
            else if (files.Contains(entry.Facts.Id))
            {
                names.Add(path.Join(entry.Name));
            }
        }
    }

    private static bool HasAny(EntryFacts[] facts, IReadOnlySet<FileId> files)
    {
        foreach (var fact in facts)
        {
            if (files.Contains(fact.Id))
            {
                return true;
            }
        }

        return false;
    }
}
