using Dom.Core.Linux;

namespace Dom.Core.Images.Packages;

/// <summary>Reads the lists that package managers keep of what they installed: dpkg (Debian, Ubuntu) and apk (Alpine).</summary>
public static class PackageDatabase
{
    /// <summary>Most bytes of a list that is read.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>Where the lists are.</summary>
    public static IReadOnlyList<UnixPath> Paths { get; } = [UnixPath.Of("/var/lib/dpkg/status"), UnixPath.Of("/lib/apk/db/installed")];

    /// <summary>Reads a list.</summary>
    /// <param name="path">One of <see cref="Paths"/>.</param>
    /// <param name="text">Its content.</param>
    public static IReadOnlyList<InstalledPackage> Read(UnixPath path, string text) => path == Paths[0] ? ReadDpkg(text) : ReadApk(text);

    private static List<InstalledPackage> ReadDpkg(string text)
    {
        var packages = new List<InstalledPackage>();
        foreach (var fields in Paragraphs(text))
        {
            if (fields.TryGetValue("Package", out var name) && fields.TryGetValue("Version", out var version)
                && fields.GetValueOrDefault("Status", "").EndsWith(" installed", StringComparison.Ordinal))
            {
                var isSame = fields.GetValueOrDefault("Multi-Arch") == "same";
                packages.Add(new InstalledPackage(isSame ? $"{name}:{fields.GetValueOrDefault("Architecture")}" : name, version));
            }
        }

        return packages;
    }

    private static List<InstalledPackage> ReadApk(string text)
    {
        var packages = new List<InstalledPackage>();
        foreach (var fields in Paragraphs(text))
        {
            if (fields.TryGetValue("P", out var name) && fields.TryGetValue("V", out var version))
            {
                packages.Add(new InstalledPackage(name, version));
            }
        }

        return packages;
    }

    /// <summary>Blocks of lines <c>Field: value</c> between empty lines; the first of several lines with one field counts, what goes on over lines does not.</summary>
    private static IEnumerable<Dictionary<string, string>> Paragraphs(string text)
    {
        var fields = new Dictionary<string, string>();
        foreach (var line in text.Split('\n').Append(""))
        {
            if (line.Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                }

                fields = [];
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 && !char.IsWhiteSpace(line[0]))
            {
                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }
    }
}
