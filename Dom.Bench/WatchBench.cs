using System.Diagnostics;
using System.Globalization;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Scanning;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>Watching: time from a change until it is in the snapshot, processor time of each watcher while nothing happens, memory.</summary>
/// <remarks><c>watch [--files 200000] [--changes 200] [--seconds 60] [--dir DIR]</c>. First with what the kernel tells, then with sweeps alone. Needs root.</remarks>
internal static class WatchBench
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--files", "--changes", "--seconds", "--dir");
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var files = options.Get("--files", 200_000);
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var paths = BenchFiles.Make(directory, files);
            var table = new BenchTable();
            await MeasureAsync(table, directory, paths, NoticeMode.Auto, options.Get("--changes", 200), options.Get("--seconds", 60));
            await MeasureAsync(table, directory, paths, NoticeMode.Off, Math.Min(10, options.Get("--changes", 200)), options.Get("--seconds", 60));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchTable table, string directory, List<string> paths, NoticeMode mode, int changes, int seconds)
    {
        using var root = DirectoryHandle.Open(directory);
        using var stop = new CancellationTokenSource();
        var changed = new SemaphoreSlim(0);
        var scope = WatchScope.Of(PathFilter.Empty, new Dictionary<ObjectId, PathFilter>());
        await using var watch = new TreeWatch(root, scope, new SubOptions { Notice = mode }, TimeProvider.System, NullLogger.Instance, () => changed.Release());
        var running = watch.RunAsync(stop.Token);
        while (watch.Scans < 2 || watch.Notice.State == NoticeState.CatchingUp)
        {
            await Task.Delay(100);
        }

        var name = watch.Notice.State == NoticeState.Watching ? "notice" : "sweep";
        if (mode == NoticeMode.Auto && name != "notice")
        {
            throw new InvalidOperationException($"the kernel does not tell changes: {watch.Notice.Fault}");
        }

        await MeasureIdleAsync(table, watch, name, seconds);
        var times = new List<TimeSpan>();
        for (var i = 0; i < changes; i++)
        {
            times.Add(await ChangeAsync(watch, directory, paths[i * (paths.Count / changes)], changed, i));
        }

        times.Sort();
        var most = times[^1];
        var goal = name == "notice" ? "p50 < 50 ms, most < 1 s" : "most < 10 s";
        var met = name == "notice" ? times[times.Count / 2].TotalMilliseconds < 50 && most.TotalSeconds < 1 : most.TotalSeconds < 10;
        table.Add($"{name}: {changes} changes, until they are in the snapshot", string.Create(CultureInfo.InvariantCulture, $"p50 {times[times.Count / 2].TotalMilliseconds:F0} ms, most {most.TotalMilliseconds:F0} ms"), goal: goal, met: met);
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
    }

    private static async Task MeasureIdleAsync(BenchTable table, TreeWatch watch, string name, int seconds)
    {
        using var self = Process.GetCurrentProcess();
        var clock = Stopwatch.StartNew();
        var (all, notice, sweep, sweeps) = (self.TotalProcessorTime, watch.Notice.CpuTime, watch.SweepCpuTime, watch.Scans);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        self.Refresh();
        var elapsed = clock.Elapsed;
        var found = (watch.Notice.CpuTime - notice + watch.SweepCpuTime - sweep) / elapsed;
        table.Add(
            $"{name}: processor time over {seconds} s without changes",
            string.Create(CultureInfo.InvariantCulture, $"notice {(watch.Notice.CpuTime - notice) / elapsed:P2}, {watch.Scans - sweeps} sweeps {(watch.SweepCpuTime - sweep) / elapsed:P2}, whole process with scrub {(self.TotalProcessorTime - all) / elapsed:P2}"),
            goal: name == "notice" ? "notice and sweep < 2 %" : "",
            met: name == "notice" ? found < 0.02 : null);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        self.Refresh();
        var mebibytes = self.WorkingSet64 / (1 << 20);
        table.Add($"{name}: resident set with {watch.Current!.Tree.Counts.Inodes:N0} inodes", $"{mebibytes} MiB", goal: "< 100 MiB", met: mebibytes < 100);
    }

    private static async Task<TimeSpan> ChangeAsync(TreeWatch watch, string root, string path, SemaphoreSlim changed, int number)
    {
        // Not in step with the batches.
        await Task.Delay(Random.Shared.Next(50, 300));
        var content = $"changed {number} {Guid.NewGuid()}";
        var wanted = ObjectId.Of(System.Text.Encoding.UTF8.GetBytes(content));
        var name = UnixPath.Of(path[root.Length..]);
        var clock = Stopwatch.StartNew();
        await File.WriteAllTextAsync(path, content);
        while (watch.Current!.Tree.Tree.Find(name).Content != wanted)
        {
            await changed.WaitAsync(TimeSpan.FromSeconds(30));
        }

        return clock.Elapsed;
    }
}
