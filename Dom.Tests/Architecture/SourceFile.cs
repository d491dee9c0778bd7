using Dom.Tests.Support;

namespace Dom.Tests.Architecture;

/// <summary>One C# file of the repository.</summary>
internal sealed class SourceFile
{
    private static readonly string[] Projects = ["Dom.Core", "Dom.Core.Generators", "Dom.Roles", "Dom.Cli", "Dom.Tests", "Dom.Bench"];

    private SourceFile(string fullPath)
    {
        Path = System.IO.Path.GetRelativePath(Repository.Root, fullPath);
        Lines = File.ReadAllLines(fullPath);
    }

    /// <summary>All files that people wrote.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
        [.. Projects.SelectMany(p => Directory.EnumerateFiles(Repository.Combine(p), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal)
                && !f.Contains("/node_modules/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => new SourceFile(f))];

    /// <summary>The path below the repository: <c>Dom.Core/Rpc/RpcMethod.cs</c>.</summary>
    public string Path { get; }

    /// <summary>The name without the extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Its lines.</summary>
    public string[] Lines { get; }

    /// <summary>The namespace its folder stands for.</summary>
    public string FolderNamespace => (System.IO.Path.GetDirectoryName(Path) ?? "").Replace('/', '.');

    /// <summary>True below a folder of the repository.</summary>
    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;
}
