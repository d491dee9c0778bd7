using System.Net.Sockets;
using System.Text;
using Dom.Core.Rpc.Certificates;
using Dom.Tests.Lab;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary>The watchdog of <c>dom run</c> hears of every role's loops. Sub and master are tried under systemd itself (<see cref="PackageTests"/>).</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class StandstillTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Longer than between two looks of the watchdog.</summary>
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(2);

    [TestCase("mdb-sync.tick:2"), TestCase("imageserver.expiry"), CancelAfter(120_000)]
    public async Task A_loop_that_stands_still_is_named_and_silences_the_watchdog(string stall, CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory("dom-stall-");
        using var pki = new TestPki(directory.Combine("pki"));
        var files = pki.IssueFiles(new CertificateOrder { Name = "servers", Roles = ["imageserver", "mdb-sync"] });
        directory.WriteFile("machines.json", """[{"Hostname":"a"}]""");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(directory.Combine("notify")));
        await using var servers = DomProcess.Start(
            ["dotnet", DomProgram.Assembly],
            [
                "run", "--role=imageserver,mdb-sync", "--set", $"Tls.CaFile={files.Ca}", "--set", $"Tls.CertificateFile={files.Certificate}", "--set", $"Tls.KeyFile={files.Key}",
                "--set", "ImageServer.Listen=127.0.0.1:0", "--set", $"ImageServer.StateDirectory={directory.Combine("images")}",
                "--set", "MdbSync.Listen=127.0.0.1:0", "--set", $"MdbSync.StateDirectory={directory.Combine("mdb")}",
                "--set", $"MdbSync.Source=name=inventory json {directory.Combine("machines.json")}", "--set", $"MdbSync.Output={directory.Combine("mdb/out")}",
            ],
            new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = directory.Combine("notify"), ["WATCHDOG_USEC"] = "3000000", ["WATCHDOG_PID"] = null, ["DOM_STALL"] = stall });

        var loop = stall.Split(':')[0];
        await servers.WaitAsync("the loop is named", () => Task.FromResult(servers.Log.Contains($"the loop {loop} has given no sign of life", StringComparison.Ordinal)), Limit, cancellationToken);
        Assert.That(Hear(systemd), Does.Contain("READY=1").And.Contain("WATCHDOG=1"));
        await Task.Delay(Observed, cancellationToken);
        Assert.That(Hear(systemd), Is.Empty);

        // What stands still does not end when it is asked to either; systemd kills it.
        await servers.KillAsync();
    }

    private static string Hear(Socket systemd)
    {
        var heard = new StringBuilder();
        var buffer = new byte[1024];
        while (systemd.Available > 0)
        {
            heard.Append(Encoding.UTF8.GetString(buffer, 0, systemd.Receive(buffer))).Append('\n');
        }

        return heard.ToString();
    }
}
