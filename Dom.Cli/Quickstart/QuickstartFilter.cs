using Dom.Core.Trees.Filters;

namespace Dom.Cli.Quickstart;

/// <summary>What a quickstart never copies: secrets of the host, and its own directory.</summary>
internal static class QuickstartFilter
{
    private static readonly string[] Secrets =
    [
        "/(.*/)?g?shadow[^/]*$",
        "/(.*/)?ssh_host_[^/]*$",
        "/(.*/)?private(|/.*)$",
        "/(.*/)?id_(rsa|dsa|ecdsa|ed25519)$",
        "/(.*/)?[^/]*(\\.key|key\\.pem)$",
        "/(.*/)?krb5\\.keytab$",
    ];

    /// <summary>The filter of the image.</summary>
    /// <param name="from">The directory the image is made from.</param>
    /// <param name="directory">The directory of the quickstart, which may lie in it.</param>
    public static PathFilter For(string from, string directory)
    {
        var below = Path.GetRelativePath(from, directory);
        return below.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(below)
            ? PathFilter.FromLines(Secrets)
            : PathFilter.FromLines([.. Secrets, $"/\\Q{below.Replace("\\E", "\\E\\\\E\\Q", StringComparison.Ordinal)}\\E(|/.*)$"]);
    }
}
