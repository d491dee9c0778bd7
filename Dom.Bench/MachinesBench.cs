using System.Globalization;
using System.Text.Json;
using Dom.Core.Machines;

namespace Dom.Bench;

/// <summary>The machine list: reading, merging, comparing and writing many machines.</summary>
/// <remarks><c>machines [--machines 10000] [--sources 3]</c>. Everything is warm: each job runs several times and the best counts.</remarks>
internal static class MachinesBench
{
    private const int Runs = 7;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--machines", "--sources");
        var count = options.Get("--machines", 10_000);
        var sources = Enumerable.Range(0, options.Get("--sources", 3)).Select(s => Source(count, s)).ToArray();
        var table = new BenchTable();
        var json = JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<Machine>>(sources[0].Machines, MachineJson.Default.IReadOnlyListMachine);
        var of = string.Create(CultureInfo.InvariantCulture, $"{count:N0} machines");

        var read = await BestAsync(async () =>
        {
            using var stream = new MemoryStream(json);
            await MachineListReader.ReadAsync(stream, MachineListLimits.Default, CancellationToken.None);
        });
        var parse = Best(() => JsonDocument.Parse(json).Dispose());
        table.Add($"{of} read from JSON, {json.Length / 1024.0 / 1024:N1} MiB", Text(read), $"JsonDocument.Parse {Text(parse)}", parse / read, "< 0.5 s", read < 0.5);

        var merged = MachineMerge.Merge(sources, MachineList.Empty);
        var merge = Best(() => MachineMerge.Merge(sources, MachineList.Empty));
        table.Add($"{sources.Length} sources of {of} merged", Text(merge), goal: "< 0.3 s", met: merge < 0.3);

        MachineList[] changed = [new(sources[0].Machines.Select((m, i) => i % 100 == 0 ? m with { Location = "moved" } : m)), .. sources[1..]];
        var again = Best(() => MachineMerge.Merge(changed, merged));
        table.Add("merged again, one machine in 100 changed", Text(again), goal: "< 0.3 s", met: again < 0.3);

        var newer = MachineMerge.Merge(changed, merged);
        var compare = Best(() => MachineListChanges.Between(merged, newer));
        table.Add("the difference for a reader of the stream", Text(compare), goal: "< 0.02 s", met: compare < 0.02);

        var write = Best(() => JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<Machine>>(newer.Machines, MachineJson.Default.IReadOnlyListMachine));
        table.Add($"{of} as JSON", Text(write), goal: "< 0.3 s", met: write < 0.3);
        table.Add("from a changed source to the new list, all of the above", Text(read + again + compare + write), goal: "< 1 s", met: read + again + compare + write < 1);
        return table.AllMet ? 0 : 1;
    }

    private static MachineList Source(int count, int source) => new(Enumerable.Range(0, count).Select(i => new Machine
    {
        Hostname = $"web{i}.rack{i % 200}.example.com",
        IpAddress = source == 0 ? $"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}" : "",
        Location = source == 0 ? $"SJC/rack{i % 200}" : "",
        RequiredImage = $"web/{source}{i % 7}",
        OwnerGroups = ["web-sre"],
        OwnerUsers = source == 1 ? ["alice", "bob"] : [],
        Tags = source == 0
            ? new Dictionary<string, string> { ["Type"] = "frontend", ["Rack"] = $"{i % 200}", ["DisruptionManagerGroupIdentifier"] = "Web" }
            : new Dictionary<string, string>(),
    }));

    private static string Text(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:N1} ms");

    private static double Best(Action job) => BestAsync(() =>
    {
        job();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private static async Task<double> BestAsync(Func<Task> job)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await job();
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
