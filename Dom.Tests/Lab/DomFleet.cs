using System.Text.Json;
using System.Text.RegularExpressions;
using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>An image server, a master and one sub as processes of their own, set up with the commands an operator types.</summary>
public sealed partial class DomFleet : IAsyncDisposable
{
    private const string Machine = "machine.lab";

    private readonly string _directory;
    private readonly string _subAddress = $"127.{Random.Shared.Next(64, 255)}.{Random.Shared.Next(0, 255)}.{Random.Shared.Next(1, 255)}";
    private readonly Stack<DomProcess> _running = new();
    private string _imageServer = "";
    private string _master = "";

    private DomFleet(string directory) => _directory = directory;

    /// <summary>The script the sub calls instead of systemctl writes its arguments here.</summary>
    public string ServiceLog => In("services.log");

    /// <summary>Makes certificates and starts everything; the sub manages <paramref name="root"/>.</summary>
    public static async Task<DomFleet> StartAsync(string directory, string root, CancellationToken cancellationToken)
    {
        var fleet = new DomFleet(directory);
        try
        {
            await fleet.SetUpAsync();
            fleet._imageServer = await fleet.StartRoleAsync("imageserver", ["--set", "ImageServer.Listen=127.0.0.1:0", "--set", $"ImageServer.StateDirectory={fleet.In("images")}"], cancellationToken);
            await fleet.StartRoleAsync("sub", ["--set", $"Sub.Listen={fleet._subAddress}:6969", "--set", $"Sub.Root={root}", "--set", "Sub.ScanExclusions=/var/log/.*", "--set", $"Sub.ServiceCommand={fleet.In("service")}"], cancellationToken);
            fleet.Require("");
            fleet._master = await fleet.StartRoleAsync(
                "master",
                [
                    "--set", "Master.Listen=127.0.0.1:0", "--set", $"Master.StateDirectory={fleet.In("state")}",
                    "--set", $"Master.MachineList={fleet.In("mdb")}", "--set", $"Master.ImageServer={fleet._imageServer}",
                ],
                cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>dom</c> as the administrator of this fleet.</summary>
    public async Task<ToolResult> DomAsync(params string[] arguments) => await DomProgram.RunAsync(
        [
            .. arguments, "--ca", In("tls/CA.pem"), "--cert", In("tls/admin/cert.pem"), "--key", In("tls/admin/key.pem"),
            .. _imageServer.Length > 0 ? new[] { "--imageserver", _imageServer } : [], .. _master.Length > 0 ? new[] { "--master", _master } : [],
        ],
        environment: null,
        timeout: TimeSpan.FromMinutes(5));

    /// <summary>Writes the machine list: the machine must be equal to this image.</summary>
    public void Require(string image)
    {
        var machines = new[] { new Dictionary<string, string> { ["Hostname"] = Machine, ["IpAddress"] = _subAddress, ["RequiredImage"] = image } };
        File.WriteAllText(In("mdb.new"), JsonSerializer.Serialize(machines));
        File.Move(In("mdb.new"), In("mdb"), overwrite: true);
    }

    /// <summary>Waits until the master says the machine is in sync with this image.</summary>
    public async Task WaitUntilSyncedAsync(string image, TimeSpan limit, CancellationToken cancellationToken)
    {
        var last = "";
        try
        {
            await _running.Peek().WaitAsync($"in sync with {image}", async () =>
            {
                last = (await DomAsync("ctl", "show-sub", Machine, "--json")).Output;
                return IsSynced(last, image);
            }, limit, cancellationToken);
        }
        catch (AssertionException e)
        {
            throw new AssertionException($"{e.Message}\nthe master last said: {last}\n{string.Join('\n', _running.Select(p => p.Log))}");
        }
    }

    /// <summary>Stops everything, the master first.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var process))
        {
            await process.DisposeAsync();
        }
    }

    private static bool IsSynced(string json, string image)
    {
        if (json.Length == 0)
        {
            return false;
        }

        using var document = JsonDocument.Parse(json);
        return Find(document.RootElement, "status") == "synced" && Find(document.RootElement, "applied_image") == image;
    }

    /// <summary>The first string property of this name, wherever it stands in the document.</summary>
    private static string? Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : element.EnumerateObject().Select(property => Find(property.Value, name)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(item => Find(item, name)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private async Task SetUpAsync()
    {
        var tls = In("tls");
        (await DomProgram.RunAsync("cert", "init-ca", "--out", tls)).Expect();
        foreach (var role in new[] { "imageserver", "master", "sub" })
        {
            (await DomProgram.RunAsync("cert", "issue", "--name", role, "--role", role, "--out", tls)).Expect();
        }

        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "Dominator.*,ImageServer.*,ObjectServer.*", "--out", tls)).Expect();
        await File.WriteAllTextAsync(In("service"), $"#!/bin/sh\necho \"$@\" >> {ServiceLog}\n");
        File.SetUnixFileMode(In("service"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(ServiceLog, "");
    }

    private async Task<string> StartRoleAsync(string role, string[] settings, CancellationToken cancellationToken)
    {
        var process = DomProcess.Start([
            "run", $"--role={role}", "--set", $"Tls.CaFile={In("tls/CA.pem")}",
            "--set", $"Tls.CertificateFile={In($"tls/{role}/cert.pem")}", "--set", $"Tls.KeyFile={In($"tls/{role}/key.pem")}", .. settings]);
        _running.Push(process);
        await process.WaitAsync($"{role} answers", () => Task.FromResult(Answers().IsMatch(process.Log)), TimeSpan.FromMinutes(2), cancellationToken);
        return Answers().Match(process.Log).Groups[1].Value;
    }

    private string In(string name) => Path.Combine(_directory, name);

    [GeneratedRegex(@"answers at (\S+:\d+)")]
    private static partial Regex Answers();
}
