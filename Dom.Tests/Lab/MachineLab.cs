using System.Text.Json;
using System.Text.Json.Nodes;
using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>Booted machines, made and ended by <c>lab.sh</c>; whatever happens, nothing of them is left after disposal.</summary>
public sealed class MachineLab : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string Script = Repository.Combine("Dom.Tests", "Lab", "lab.sh");

    private readonly string _directory;
    private readonly string _package;
    private readonly string _image;

    /// <summary>A lab in a directory of its own; nothing is booted yet.</summary>
    /// <param name="directory">Where its disks lie.</param>
    /// <param name="package">The .deb that is installed on machines.</param>
    /// <param name="image">The root image machines start from; it is built when it is not there.</param>
    public MachineLab(string directory, string package, string image)
    {
        _directory = directory;
        _package = package;
        _image = image;
    }

    /// <summary>Runs <c>lab.sh</c> to its end, whatever its exit code.</summary>
    public Task<ToolResult> LabAsync(CancellationToken cancellationToken, params string[] arguments) => Tool.RunAsync(
        Script,
        arguments,
        environment: new Dictionary<string, string?> { ["DOM_LAB"] = _directory, ["DOM_LAB_DEB"] = _package, ["DOM_LAB_ROOT"] = _image },
        timeout: TimeSpan.FromMinutes(8),
        cancellationToken: cancellationToken);

    /// <summary>Runs a command on a machine; it must end with code 0.</summary>
    public async Task<string> ExecAsync(string machine, CancellationToken cancellationToken, params string[] command) =>
        (await LabAsync(cancellationToken, ["exec", machine, .. command])).Expect().Output.Trim();

    /// <summary>Writes a machine list in which a machine requires an image; every other entry stays.</summary>
    public async Task RequireAsync(string machine, string image, CancellationToken cancellationToken)
    {
        var list = Path.Combine(RootOf("head"), "var/lib/Dominator/mdb");
        var machines = JsonNode.Parse(await File.ReadAllTextAsync(list, cancellationToken))!.AsArray();
        machines.Single(m => (string?)m!["Hostname"] == machine)!["RequiredImage"] = image;
        await File.WriteAllTextAsync(list + ".new", machines.ToJsonString(), cancellationToken);
        await ExecAsync("head", cancellationToken, "sh", "-c", "chmod --reference=/var/lib/Dominator/mdb /var/lib/Dominator/mdb.new; chown --reference=/var/lib/Dominator/mdb /var/lib/Dominator/mdb.new; mv /var/lib/Dominator/mdb.new /var/lib/Dominator/mdb");
    }

    /// <summary>The directory in which the root file system of a machine is mounted.</summary>
    public string RootOf(string machine) => Path.Combine(_directory, "machines", machine, "root");

    /// <summary>What the master knows of a machine, when the condition holds for it.</summary>
    public async Task<JsonElement> AwaitSubAsync(string machine, string what, Func<JsonElement, bool> condition, CancellationToken cancellationToken)
    {
        var last = "";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (!limit.IsCancellationRequested)
        {
            var result = await LabAsync(cancellationToken, "ctl", "show-sub", machine, "--json");
            last = result.Output + result.Error;
            if (result.ExitCode == 0)
            {
                using var document = JsonDocument.Parse(result.Output);
                if (condition(document.RootElement))
                {
                    return document.RootElement.Clone();
                }
            }
        }

        throw new AssertionException($"{what}: not within {Patience}; the master last said: {last}");
    }

    /// <summary>Asks a machine until the answer is as wanted.</summary>
    public async Task<string> AwaitAsync(string machine, string what, Func<string, bool> condition, CancellationToken cancellationToken, params string[] command)
    {
        var last = "";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (!limit.IsCancellationRequested)
        {
            var result = await LabAsync(cancellationToken, ["exec", machine, .. command]);
            last = result.Output.Trim();
            if (condition(last))
            {
                return last;
            }
        }

        throw new AssertionException($"{what}: not within {Patience}; {machine} last said: {last}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => (await LabAsync(CancellationToken.None, "down")).Expect();
}
