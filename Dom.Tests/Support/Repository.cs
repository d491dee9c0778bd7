namespace Dom.Tests.Support;

/// <summary>The clone the tests were built from.</summary>
public static class Repository
{
    /// <summary>The directory that holds <c>Dom.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of something in the clone.</summary>
    public static string Combine(params string[] names) => Path.Combine([Root, .. names]);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Dom.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"there is no Dom.sln above {AppContext.BaseDirectory}; the tests run from a clone");
    }
}
