using System.Text.Json;
using Dom.Tests.Support;

namespace Dom.Tests.Interop.MessagePack;

/// <summary>Another implementation of MessagePack, in a process of its own.</summary>
public sealed class MessagePackPeer
{
    /// <summary>Debian's python3-msgpack, which lives with Debian's Python and not with another one that comes first in PATH.</summary>
    public const string Python = "python3-msgpack";

    /// <summary>The package of npm.</summary>
    public const string Node = "@msgpack/msgpack";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Interop", "MessagePack");

    private readonly string _program;
    private readonly string _script;

    private MessagePackPeer(string program, string script)
    {
        _program = program;
        _script = Path.Combine(Folder, script);
    }

    /// <summary>Makes a peer ready; what it needs is installed beside the test program.</summary>
    public static async Task<MessagePackPeer> StartAsync(string name)
    {
        if (name == Python)
        {
            var probe = await Tool.RunAsync("/usr/bin/python3", ["-c", "import msgpack"]);
            Assert.That(probe.ExitCode, Is.Zero, "python3-msgpack is missing: apt-get install python3-msgpack");
            return new MessagePackPeer("/usr/bin/python3", "peer.py");
        }

        if (await InstalledVersionAsync() != await WantedVersionAsync())
        {
            string[] install = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
            (await Tool.RunAsync("npm", install, directory: Folder, timeout: TimeSpan.FromMinutes(3))).Expect();
        }

        return new MessagePackPeer("node", "peer.mjs");
    }

    /// <summary>Gives the peer a message and returns its answer.</summary>
    public async Task<byte[]> AskAsync(string question, byte[] message) =>
        (await Tool.RunAsync(_program, [_script, question], message)).Expect().OutputBytes;

    private static async Task<string?> WantedVersionAsync()
    {
        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "package.json")));
        return package.RootElement.GetProperty("dependencies").GetProperty(Node).GetString();
    }

    private static async Task<string?> InstalledVersionAsync()
    {
        var file = Path.Combine(Folder, "node_modules", Node, "package.json");
        if (!File.Exists(file))
        {
            return null;
        }

        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return package.RootElement.GetProperty("version").GetString();
    }
}
