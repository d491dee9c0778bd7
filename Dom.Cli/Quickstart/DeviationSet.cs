namespace Dom.Cli.Quickstart;

/// <summary>Chooses what is done to a machine to show that it is put right: one file changed, one deleted, one added, one mode changed.</summary>
internal static class DeviationSet
{
    private const int FilesNeeded = 3;
    private const long MaxFileSize = 1 << 20;
    private const int MaxDepth = 8;
    private const string AddedName = "added-by-quickstart";

    /// <summary>Chooses files of the managed root; nothing is touched yet.</summary>
    /// <exception cref="CommandException">There are too few files in it.</exception>
    public static IReadOnlyList<Deviation> Choose(string root)
    {
        var files = Candidates(root).Take(FilesNeeded).ToList();
        return files.Count == FilesNeeded
            ? [Changed(root, files[0]), Deleted(root, files[1]), Added(root), Mode(root, files[2])]
            : throw new CommandException(ExitCode.Failed, "TooFewFiles",
                $"{root} has {files.Count} files to experiment with, {FilesNeeded} are needed", "choose a larger directory with --from");
    }

    /// <summary>Small regular files that the owner may write, in directories he may write; those near the root first.</summary>
    private static IEnumerable<string> Candidates(string root) =>
        from file in Files(new DirectoryInfo(root), MaxDepth)
        where file.LinkTarget is null && file.Length is > 0 and < MaxFileSize && MayWrite(file) && IsRegular(file)
        select Path.GetRelativePath(root, file.FullName);

    private static IEnumerable<FileInfo> Files(DirectoryInfo directory, int depth)
    {
        if (directory.Name == ".subd" || directory.LinkTarget is not null || !MayWrite(directory))
        {
            return [];
        }

        var files = directory.EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal);
        return depth == 0
            ? files
            : files.Concat(directory.EnumerateDirectories().OrderBy(d => d.Name, StringComparer.Ordinal).SelectMany(d => Files(d, depth - 1)));
    }

    private static bool MayWrite(FileSystemInfo entry) =>
        Environment.IsPrivilegedProcess || (entry.UnixFileMode & (UnixFileMode.UserRead | UnixFileMode.UserWrite)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static bool IsRegular(FileInfo file) => (file.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0;

    private static Deviation Changed(string root, string name)
    {
        var path = Path.Combine(root, name);
        var before = File.ReadAllBytes(path);
        return new Deviation($"changed {name}", name, () => File.AppendAllText(path, "# somebody was here\n"), () => Holds(path, before));
    }

    private static Deviation Deleted(string root, string name)
    {
        var path = Path.Combine(root, name);
        var before = File.ReadAllBytes(path);
        return new Deviation($"deleted {name}", name, () => File.Delete(path), () => Holds(path, before));
    }

    private static Deviation Added(string root)
    {
        var path = Path.Combine(root, AddedName);
        return new Deviation($"added {AddedName}", AddedName, () => File.WriteAllText(path, "not in the image\n"), () => !File.Exists(path));
    }

    private static Deviation Mode(string root, string name)
    {
        var path = Path.Combine(root, name);
        var before = File.GetUnixFileMode(path);
        var other = before ^ UnixFileMode.OtherExecute;
        return new Deviation($"changed the mode of {name}", name, () => File.SetUnixFileMode(path, other),
            () => File.Exists(path) && File.GetUnixFileMode(path) == before);
    }

    private static bool Holds(string path, byte[] content)
    {
        try
        {
            return new FileInfo(path) is { Exists: true } file && file.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
        catch (FileNotFoundException)
        {
            // It stood there a moment ago; a swap is under way.
            return false;
        }
    }
}
