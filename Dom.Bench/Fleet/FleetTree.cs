using System.Globalization;

namespace Dom.Bench.Fleet;

/// <summary>The small synthetic tree of every machine.</summary>
internal static class FleetTree
{
    private const int Directories = 4;
    private const int FilesPerDirectory = 5;
    private const int FileBytes = 200;

    /// <summary>Paths of the files below the root.</summary>
    public static IEnumerable<string> Paths =>
        from directory in Enumerable.Range(0, Directories)
        from file in Enumerable.Range(0, FilesPerDirectory)
        select string.Create(CultureInfo.InvariantCulture, $"directory-{directory}/file-{file}");

    /// <summary>Writes the tree; versions differ in the files of the first directory.</summary>
    public static void Write(string root, int version)
    {
        foreach (var path in Paths)
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? root);
            var seed = path.StartsWith("directory-0", StringComparison.Ordinal) ? $"{path} {version}" : path;
            File.WriteAllText(file, string.Concat(Enumerable.Repeat(seed, FileBytes / seed.Length)));

            // The machines' trees are made one by one, and equal.
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(20_000 + version));
        }
    }
}
