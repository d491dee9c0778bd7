using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>What the master needs for each machine that holds a poll: memory, and processor time while nothing happens.</summary>
/// <remarks>
/// <c>memory [--machines 2000] [--seconds 20]</c>. The machines are one listener in a second process, reached at as many loopback addresses over as many
/// TLS connections; they answer nothing but polls.
/// </remarks>
internal static class MasterMemoryBench
{
    private const double KiB = 1 << 10;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--machines", "--seconds", "--serve", "--port");
        if (options.Get("--serve", "") is { Length: > 0 } tls)
        {
            await ServeAsync(tls, options.Get("--port", 0));
            return 0;
        }

        var directory = Directory.CreateTempSubdirectory("dom-bench-").FullName;
        try
        {
            var table = new BenchTable();
            await MeasureAsync(table, directory, options.Get("--machines", 2_000), options.Get("--seconds", 20));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchTable table, string directory, int machines, int seconds)
    {
        Issue(directory);
        using var subs = Start(directory);
        try
        {
            var port = int.Parse(await subs.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
            var list = Path.Combine(directory, "mdb");
            WriteList(list, 10);
            await using var role = new MasterRole(
                new MasterOptions
                {
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    StateDirectory = Path.Combine(directory, "state"),
                    MachineList = list,
                    ImageServer = [new HostAndPort("127.0.0.1", 1)],
                    SubPort = port,
                    Tls = Tls(directory, "master"),
                },
                NullLoggerFactory.Instance,
                TimeProvider.System);
            await role.StartAsync(CancellationToken.None);
            await WhenAnsweredAsync(role.Address.Port, 10);
            var (before, heapBefore) = Settle();
            WriteList(list, machines + 10);
            var started = TimeProvider.System.GetTimestamp();
            await WhenAnsweredAsync(role.Address.Port, machines + 10);
            var connected = TimeProvider.System.GetElapsedTime(started);
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var cpu = Environment.CpuUsage.TotalTime;
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var spent = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / seconds / machines;
            var grown = Resident();
            var (after, heapAfter) = Settle();
            var each = (after - before) / KiB / machines;
            table.Add($"master, {machines:N0} machines holding a poll: resident set each", $"{each:N1} KiB", goal: "< 80 KiB", met: each < 80);
            table.Add("the same before a full collection", $"{(grown - before) / KiB / machines:N1} KiB");
            table.Add("of that on the managed heap", $"{(heapAfter - heapBefore) / KiB / machines:N1} KiB");
            table.Add("processor time each, idle", $"{spent:N1} µs/s", goal: "< 20 µs/s", met: spent < 20);
            table.Add("all connected after", $"{connected.TotalSeconds:N1} s", goal: "< 60 s", met: connected.TotalSeconds < 60);
        }
        finally
        {
            subs.Kill();
        }
    }

    /// <summary>Resident set and managed heap after everything that can go is gone.</summary>
    private static (long Resident, long Heap) Settle()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (Resident(), GC.GetTotalMemory(forceFullCollection: true));
    }

    private static long Resident()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>Waits until so many machines, which require no image, have answered.</summary>
    internal static async Task WhenAnsweredAsync(int port, int machines)
    {
        using var client = new HttpClient();
        while (true)
        {
            var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/?output=json"));
            using var status = JsonDocument.Parse(text);
            if (status.RootElement.GetProperty("byStatus").TryGetProperty("image undefined", out var count) && count.GetInt32() == machines)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>The loopback address of a machine.</summary>
    internal static string AddressOf(int machine) => $"127.{machine / 62_500 + 10}.{machine / 250 % 250}.{machine % 250 + 1}";

    private static void WriteList(string path, int machines)
    {
        Machine[] all = [.. Enumerable.Range(0, machines).Select(i => new Machine { Hostname = $"machine{i}.example.com", IpAddress = AddressOf(i) })];
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(all, MachineJson.Default.IReadOnlyListMachine));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Writes the certificates of a master and of all its machines.</summary>
    internal static void Issue(string directory)
    {
        using var authority = CertificateAuthority.Create("bench CA", TimeSpan.FromDays(1), TimeProvider.System);
        File.WriteAllText(Path.Combine(directory, "CA.pem"), authority.CertificatePem);
        foreach (var (name, methods) in new[] { ("master", new[] { "Subd.*" }), ("sub", []) })
        {
            var issued = authority.Issue(new CertificateOrder { Name = name, Roles = [name], Methods = [.. methods] });
            File.WriteAllText(Path.Combine(directory, name + ".pem"), issued.CertificatePem);
            File.WriteAllText(Path.Combine(directory, name + ".key"), issued.KeyPem);
        }
    }

    /// <summary>Where <see cref="Issue"/> wrote them.</summary>
    internal static TlsOptions Tls(string directory, string name) => TlsOptions.For(name) with
    {
        CaFile = Path.Combine(directory, "CA.pem"),
        IdentityCaFile = null,
        CertificateFile = Path.Combine(directory, name + ".pem"),
        KeyFile = Path.Combine(directory, name + ".key"),
        RevocationFile = null,
    };

    /// <summary>Starts the second process, which is all machines; its first line of output is their port.</summary>
    internal static Process Start(string directory) => Process.Start(new ProcessStartInfo(Environment.ProcessPath ?? "")
    {
        ArgumentList = { "memory", "--serve", directory },
        RedirectStandardOutput = true,
    }) ?? throw new InvalidOperationException("the second process did not start");

    /// <summary>All machines: one listener whose polls wait.</summary>
    private static async Task ServeAsync(string directory, int port)
    {
        var router = new RpcRouter(TimeProvider.System);
        router.Map(SubdMethods.Poll, async (request, _, cancellationToken) =>
        {
            if (request.Generation == 1)
            {
                await Task.Delay(request.Wait, cancellationToken);
            }

            return new PollResponse { Epoch = 1, Generation = 1, Phase = SubPhase.Idle, ScanCount = 1, BootId = "5b2a1c5e-2f1d-4a59-8d28-1f2a4be2a111", Version = "1.0.0", AppliedImage = "web/101" };
        });
        await using var host = new RoleHost(new RoleHostOptions
        {
            Role = "sub",
            Listen = new IPEndPoint(IPAddress.Any, port),
            Credentials = Tls(directory, "sub").ReadCredentials(TimeProvider.System),
            Router = router,
            Limits = new RoleHostLimits { Unauthenticated = 10_000, UnauthenticatedPerAddress = 10_000, ConnectionsPerCaller = 20_000, CallsPerCaller = 20_000 },
        });
        await host.StartAsync(CancellationToken.None);
        Console.WriteLine(host.Address.Port.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }
}
