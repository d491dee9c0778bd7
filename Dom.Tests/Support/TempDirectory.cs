using System.Diagnostics;

namespace Dom.Tests.Support;

/// <summary>A fresh directory (mode 0700) that is removed with everything in it, whatever bytes the names hold.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Makes the directory in <c>DOM_TEST_DIR</c> or the system's place for temporary files.</summary>
    public TempDirectory(string prefix = "dom-test-")
    {
        var parent = Environment.GetEnvironmentVariable("DOM_TEST_DIR");
        if (string.IsNullOrEmpty(parent))
        {
            Path = Directory.CreateTempSubdirectory(prefix).FullName;
            return;
        }

        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"{prefix}{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>The path of something in the directory.</summary>
    public string Combine(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Makes a directory in it and returns its path.</summary>
    public string CreateDirectory(params string[] names) => Directory.CreateDirectory(Combine(names)).FullName;

    /// <summary>Writes a text file in it, with the directories above it, and returns its path.</summary>
    public string WriteFile(string name, string content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? Path);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    /// <inheritdoc/>
    public void Dispose()
    {
        // .NET cannot name files whose names are not UTF-8; rm can. Directories without write permission are opened first.
        Run("chmod", "-R", "u+rwX", "--", Path);
        Run("rm", "-rf", "--one-file-system", "--", Path);
    }

    private static void Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {tool}");
        process.StandardError.ReadToEnd();
        process.WaitForExit();
    }
}
