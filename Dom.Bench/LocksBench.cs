using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>Lock and unlock over TLS, each durable before its answer: pairs a second for 1 and 16 clients, beside what etcd's own compare-and-swap does here.</summary>
/// <remarks><c>locks [--dir /var/tmp/dom-locks] [--seconds 10]</c>. The directory must be on the disk that is to be measured. etcd is Debian's etcd-server.</remarks>
internal static class LocksBench
{
    private const int Slots = 64;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--dir", "--seconds");
        var directory = options.Get("--dir", Path.Combine(Path.GetTempPath(), $"dom-locks-{Environment.ProcessId}"));
        var time = TimeSpan.FromSeconds(options.Get("--seconds", 10));
        Directory.CreateDirectory(directory);
        Issue(directory);
        var flush = FlushTime(directory);
        Console.WriteLine($"one flush of the disk in {directory}: {flush.TotalMilliseconds:0.00} ms\n");
        var table = new BenchTable();
        await MeasureRoleAsync(table, directory, "file", new LockManagerOptions { StateDirectory = Path.Combine(directory, "file") }, time, alone: 900, together: 500, null);
        using var etcd = await StartEtcdAsync(directory);
        if (etcd is not null)
        {
            var member = new Uri(etcd.StartInfo.ArgumentList[5]);
            var raw = await RawAsync(member, time);
            table.Add("etcd itself, read and compare-and-swap, 1 client", string.Create(CultureInfo.InvariantCulture, $"{raw:0} a second, {raw / 2:0} pairs/s"));
            await MeasureRoleAsync(
                table,
                directory,
                "etcd",
                new LockManagerOptions { StateDirectory = Path.Combine(directory, "shared"), Store = LockStoreKind.Etcd, EtcdEndpoints = [member] },
                time,
                alone: null,
                together: null,
                raw / 2);
            etcd.Kill();
        }
        else
        {
            Console.WriteLine("\nno etcd here (apt-get install etcd-server): only the file store was measured");
        }

        return table.AllMet ? 0 : 1;
    }

    private static async Task MeasureRoleAsync(BenchTable table, string directory, string name, LockManagerOptions options, TimeSpan time, double? alone, double? together, double? yardstick)
    {
        await using var role = new LockManagerRole(
            options with
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Groups = new Dictionary<string, LockGroupOptions> { ["default"] = new() { Max = CountOrPercent.Count(Slots) } },
                Tls = new TlsOptions { CaFile = In(directory, "CA.pem"), CertificateFile = In(directory, "server.pem"), KeyFile = In(directory, "server.key") },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await role.StartAsync(CancellationToken.None);
        foreach (var (clients, goal) in new[] { (1, alone), (16, together) })
        {
            await PairsAsync(role, directory, clients, TimeSpan.FromSeconds(1));
            var pairs = await PairsAsync(role, directory, clients, time);
            var rate = pairs.Count / time.TotalSeconds;
            pairs.Sort();
            table.Add(
                $"lock + unlock, {name}, {clients} client{(clients > 1 ? "s, one group" : "")}",
                string.Create(CultureInfo.InvariantCulture, $"{rate:0} pairs/s, p50 {pairs[pairs.Count / 2]:0.0} ms, p99 {pairs[pairs.Count * 99 / 100]:0.0} ms"),
                yardstick is { } raw && clients == 1 ? string.Create(CultureInfo.InvariantCulture, $"etcd itself {raw:0} pairs/s") : "",
                yardstick is { } other && clients == 1 ? rate / other : null,
                goal is { } wanted ? string.Create(CultureInfo.InvariantCulture, $">= {wanted:0} pairs/s") : "",
                goal is { } least ? rate >= least : null);
        }
    }

    /// <summary>Milliseconds of each pair; a refusal while slots are free ends the bench.</summary>
    private static async Task<List<double>> PairsAsync(LockManagerRole role, string directory, int clients, TimeSpan time)
    {
        var all = new List<double>();
        var begin = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async c =>
        {
            var credentials = RpcCredentials.FromFiles(In(directory, "CA.pem"), identityCa: null, In(directory, "user.pem"), In(directory, "user.key"), revocation: null, TimeProvider.System);
            await using var client = new RpcClient(new RpcEndpoint { Host = "127.0.0.1", Port = role.Address.Port, Role = "lock-manager" }, credentials);
            var own = new List<double>();
            while (TimeProvider.System.GetElapsedTime(begin) < time)
            {
                var start = TimeProvider.System.GetTimestamp();
                await client.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = $"client{c}" }, CancellationToken.None);
                await client.CallAsync(LockManagerMethods.Unlock, new UnlockRequest { Id = $"client{c}" }, CancellationToken.None);
                own.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            }

            lock (all)
            {
                all.AddRange(own);
            }
        }));
        return all;
    }

    private static async Task<double> RawAsync(Uri member, TimeSpan time)
    {
        using var http = new HttpClient { BaseAddress = member };
        var key = Convert.ToBase64String("bench"u8);
        var value = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"semaphore":0,"max":1,"holders":["client0"]}"""));
        await PostAsync("v3/kv/put", $$"""{"key":"{{key}}","value":"{{value}}"}""");
        var begin = TimeProvider.System.GetTimestamp();
        var count = 0;
        while (TimeProvider.System.GetElapsedTime(begin) < time)
        {
            using var found = JsonDocument.Parse(await PostAsync("v3/kv/range", $$"""{"key":"{{key}}"}"""));
            var revision = found.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetString();
            await PostAsync(
                "v3/kv/txn",
                $$$"""{"compare":[{"key":"{{{key}}}","target":"MOD","result":"EQUAL","mod_revision":"{{{revision}}}"}],"success":[{"request_put":{"key":"{{{key}}}","value":"{{{value}}}" } }]}""");
            count++;
        }

        return count / time.TotalSeconds;

        async Task<string> PostAsync(string path, string body)
        {
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body));
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static async Task<Process?> StartEtcdAsync(string directory)
    {
        var client = $"http://127.0.0.1:{FreePort()}";
        var peer = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("etcd") { RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "--data-dir", In(directory, $"etcd-{Environment.ProcessId}"), "--log-level", "fatal", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException("etcd did not start");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        process.BeginErrorReadLine();
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await http.GetStringAsync(new Uri(client + "/health"));
                return process;
            }
            catch (HttpRequestException) when (attempt < 600)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    private static TimeSpan FlushTime(string directory)
    {
        using var file = Dom.Core.Linux.DirectoryHandle.Open(directory).OpenOrCreateFile("flush"u8, 0x180);
        file.WriteAt(0, new byte[1 << 20]);
        file.SyncData();
        var begin = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 500; i++)
        {
            file.WriteAt(i * 512, new byte[512]);
            file.SyncData();
        }

        return TimeProvider.System.GetElapsedTime(begin) / 500;
    }

    private static void Issue(string directory)
    {
        using var authority = CertificateAuthority.Create("bench", TimeSpan.FromDays(1), TimeProvider.System);
        File.WriteAllText(In(directory, "CA.pem"), authority.CertificatePem);
        foreach (var (name, order) in new[]
        {
            ("server", new CertificateOrder { Name = "lock-manager", Roles = ["lock-manager"], Lifetime = TimeSpan.FromHours(8) }),
            ("user", new CertificateOrder { Name = "bench", Methods = ["LockManager.*"], Lifetime = TimeSpan.FromHours(8) }),
        })
        {
            var issued = authority.Issue(order);
            File.WriteAllText(In(directory, $"{name}.pem"), issued.CertificatePem);
            File.WriteAllText(In(directory, $"{name}.key"), issued.KeyPem);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string In(string directory, string name) => Path.Combine(directory, name);
}
