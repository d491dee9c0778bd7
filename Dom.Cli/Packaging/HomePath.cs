namespace Dom.Cli.Packaging;

/// <summary>Paths in the home directory of whoever builds, as they are written for anybody.</summary>
internal static class HomePath
{
    /// <summary>With <c>~</c> in the place of the home directory.</summary>
    public static string Shorten(string path)
    {
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 1 } variable ? variable : "/root";
        return path.StartsWith(home + "/", StringComparison.Ordinal) ? "~" + path[home.Length..] : path;
    }
}
