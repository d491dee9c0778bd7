namespace Dom.Bench;

/// <summary>Many small files, a hundred in a directory.</summary>
internal static class BenchFiles
{
    private const int FilesPerDirectory = 100;

    /// <summary>Makes them below a directory and returns their paths.</summary>
    public static List<string> Make(string directory, int count)
    {
        var paths = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var parent = Path.Combine(directory, $"d{i / FilesPerDirectory / 100}", $"d{i / FilesPerDirectory % 100}");
            if (i % FilesPerDirectory == 0)
            {
                Directory.CreateDirectory(parent);
            }

            paths.Add(Path.Combine(parent, $"file-{i}"));
            File.WriteAllText(paths[^1], $"content of {i}");
        }

        return paths;
    }
}
