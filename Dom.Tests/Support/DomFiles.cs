namespace Dom.Tests.Support;

/// <summary>The files of the built program, which lie among those of the tests.</summary>
public static class DomFiles
{
    /// <summary>Copies them, with their times, to a directory that is made.</summary>
    public static async Task CopyAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        string[] names =
        [
            "dom.dll", "dom.deps.json", "dom.runtimeconfig.json", "Dom.Core.dll", "Dom.Roles.dll", "Polly.Core.dll", "System.CommandLine.dll", "YamlDotNet.dll",
        ];
        await Tool.RunOkAsync("cp", ["--preserve=mode,timestamps", .. names.Select(static name => Path.Combine(AppContext.BaseDirectory, name)), directory]);
    }
}
