using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Dom.Core.Machines;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>How long the master's pages take with a large fleet: from the request to the last byte, over loopback.</summary>
/// <remarks>
/// <c>pages [--machines 10000] [--requests 20]</c>. The machines are those of <see cref="MasterMemoryBench"/>: each holds a poll over TLS and has answered one.
/// </remarks>
internal static class PagesBench
{
    private static readonly string[] Pages =
    [
        "/", "/subs", "/subs?page=20", "/subs?name=99&location=site1&group=alive", "/images", "/locations", "/subs?output=json", "/subs?output=csv",
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--machines", "--requests");
        var machines = options.Get("--machines", 10_000);
        var directory = Directory.CreateTempSubdirectory("dom-bench-").FullName;
        MasterMemoryBench.Issue(directory);
        using var subs = MasterMemoryBench.Start(directory);
        try
        {
            var port = int.Parse(await subs.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
            var list = Path.Combine(directory, "mdb");
            Machine[] all = [.. Enumerable.Range(0, machines).Select(static i => new Machine
            {
                Hostname = $"machine{i}.example.com",
                IpAddress = MasterMemoryBench.AddressOf(i),
                Location = $"site{i % 4}/rack{i % 200}",
            })];
            File.WriteAllText(list, JsonSerializer.Serialize(all, MachineJson.Default.IReadOnlyListMachine));
            await using var role = new MasterRole(
                new MasterOptions
                {
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    StateDirectory = Path.Combine(directory, "state"),
                    MachineList = list,
                    ImageServer = [new HostAndPort("127.0.0.1", 1)],
                    SubPort = port,
                    Tls = MasterMemoryBench.Tls(directory, "master"),
                },
                NullLoggerFactory.Instance,
                TimeProvider.System);
            await role.StartAsync(CancellationToken.None);
            await MasterMemoryBench.WhenAnsweredAsync(role.Address.Port, machines);
            var table = new BenchTable();
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{role.Address.Port}") };
            foreach (var page in Pages)
            {
                await MeasureAsync(table, client, page, machines, options.Get("--requests", 20));
            }

            return table.AllMet ? 0 : 1;
        }
        finally
        {
            subs.Kill();
            await subs.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchTable table, HttpClient client, string page, int machines, int requests)
    {
        await client.GetByteArrayAsync(page);
        var first = new List<double>();
        var whole = new List<double>();
        var bytes = 0;
        for (var i = 0; i < requests; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var response = await client.GetAsync(page, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync();
            bytes = await body.ReadAsync(new byte[1]);
            first.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            using var rest = new MemoryStream();
            await body.CopyToAsync(rest);
            bytes += (int)rest.Length;
            whole.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        first.Sort();
        whole.Sort();
        var median = whole[requests / 2];
        table.Add(
            $"`{page}`, {machines:N0} machines, {bytes / 1024.0:N0} KiB",
            string.Create(CultureInfo.InvariantCulture, $"first byte {first[requests / 2]:N0} ms, whole {median:N0} ms, at most {whole[^1]:N0} ms"),
            goal: "< 300 ms",
            met: median < 300);
    }
}
