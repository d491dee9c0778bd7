namespace Dom.Tests.Support;

/// <summary>Compares file trees with a program that is not ours.</summary>
public static class Rsync
{
    /// <summary>
    /// What <c>rsync -naHAXcOJ --delete --itemize-changes</c> would do to make <paramref name="actual"/> equal to <paramref name="expected"/>:
    /// owners, modes, times of files, content, links, ACLs and extended attributes; empty when they are equal. Nothing is changed.
    /// </summary>
    /// <param name="expected">The directory as it should be.</param>
    /// <param name="actual">The directory as it is.</param>
    /// <param name="exclude">Paths below the root, beginning with '/', that are not compared.</param>
    public static async Task<string[]> DifferencesAsync(string expected, string actual, params string[] exclude)
    {
        var result = await Tool.RunAsync(
            "rsync",
            ["-naHAXcOJ", "--delete", "--itemize-changes", .. exclude.Select(path => "--exclude=" + path), expected.TrimEnd('/') + "/", actual.TrimEnd('/') + "/"],
            timeout: TimeSpan.FromMinutes(5));
        return result.Expect().Lines;
    }
}
