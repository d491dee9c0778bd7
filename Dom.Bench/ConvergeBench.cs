using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Roles.Sub.Update;

namespace Dom.Bench;

/// <summary>Updates: how long a swap takes, and what stands around it. The time in which old and new files are mixed is the swap alone.</summary>
/// <remarks><c>converge [--files 1000,20000] [--bytes 4096] [--dir DIR] [--changes 9]</c>. Each swap replaces that many files; it runs three times and the best counts.</remarks>
internal static class ConvergeBench
{
    private const int Runs = 3;
    private const int FilesPerDirectory = 100;

    private static readonly PathFilter Private = PathFilter.FromLines(["/\\.subd(|/.*)$"]);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--files", "--bytes", "--dir", "--changes");
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var bytes = options.Get("--bytes", 4096);
        var table = new BenchTable();
        foreach (var count in options.Get("--files", "1000,20000").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
            try
            {
                await MeasureAsync(table, directory, count, bytes);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        await MeasureEndToEndAsync(table, parent, options.Get("--changes", 9), bytes);
        return table.AllMet ? 0 : 1;
    }

    /// <summary>One changed file, with sub, master and image server over TLS: it is the sweep that finds it, so its pause is most of the time.</summary>
    private static async Task MeasureEndToEndAsync(BenchTable table, string parent, int changes, int bytes)
    {
        const int files = 1000;
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var image = Directory.CreateDirectory(Path.Combine(directory, "image")).FullName;
            MakeFiles(image, files, bytes, version: 0);
            var times = new List<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported)>();
            await using (var fleet = new ConvergeBenchFleet(directory))
            {
                await fleet.StartAsync(image);
                for (var i = 0; i < changes; i++)
                {
                    // Another file each time: one that is corrected more than 5 times in 10 minutes would be left for later.
                    times.Add(await fleet.ChangeAsync(NameOf(fleet.Root, i * (files / changes))));
                }
            }

            table.Add($"one changed file of {files:N0}, end to end, until the sweep has seen it", MedianAndMost(times, static t => t.Noticed));
            table.Add("from then until it is right", MedianAndMost(times, static t => t.Right - t.Noticed), goal: "< 0.5 s", met: Most(times, static t => t.Right - t.Noticed) < TimeSpan.FromSeconds(0.5));
            table.Add("from then until the master reports the machine compliant", MedianAndMost(times, static t => t.Reported - t.Noticed), goal: "< 1 s", met: Most(times, static t => t.Reported - t.Noticed) < TimeSpan.FromSeconds(1));
            table.Add("from the change until it is right, all of the above", MedianAndMost(times, static t => t.Right));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static TimeSpan Most(List<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported)> times, Func<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported), TimeSpan> of) => times.Max(of);

    private static string MedianAndMost(List<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported)> times, Func<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported), TimeSpan> of) =>
        $"median {Milliseconds(times.Select(of).Order().ElementAt(times.Count / 2))}, most {Milliseconds(times.Max(of))}";

    private static async Task MeasureAsync(BenchTable table, string directory, int files, int bytes)
    {
        var root = Directory.CreateDirectory(Path.Combine(directory, "root")).FullName;
        var image = Directory.CreateDirectory(Path.Combine(directory, "image")).FullName;
        MakeFiles(root, files, bytes, version: 0);
        Directory.CreateDirectory(Path.Combine(root, ".subd"));
        using var handle = DirectoryHandle.Open(root);
        using var inside = handle.OpenDirectory(".subd"u8);
        await using var objects = FileObjectStore.Open(Path.Combine(root, ".subd", "objects"), DateTimeOffset.UnixEpoch);
        var engine = new UpdateEngine(new UpdateSite(handle, inside, UnixPath.Of(root)), objects, new NoServices(), TimeProvider.System);

        var best = TimeSpan.MaxValue;
        var whole = TimeSpan.MaxValue;
        for (var run = 1; run <= Runs; run++)
        {
            MakeFiles(image, files, bytes, run);
            var order = await PlanAsync(root, image, objects);
            var clock = new Stopwatch();
            clock.Start();
            var outcome = await engine.ApplyAsync(order, CancellationToken.None);
            clock.Stop();
            if (outcome.Code != UpdateCode.Done || order.Plan.Steps.Length != files)
            {
                throw new InvalidOperationException($"{order.Plan.Steps.Length} steps ended with {outcome.Code}: {outcome.Message}");
            }

            best = outcome.SwapTime < best ? outcome.SwapTime : best;
            whole = clock.Elapsed < whole ? clock.Elapsed : whole;
        }

        var yardstick = MeasureRenames(Path.Combine(directory, "yardstick"), files, bytes);
        var goal = files <= 1000 ? 20 : 400;
        table.Add(
            $"swap of {files:N0} files of {bytes:N0} bytes",
            Milliseconds(best),
            $"rename(2) in a loop {Milliseconds(yardstick)}",
            best / yardstick,
            $"< {goal} ms",
            best.TotalMilliseconds < goal || files > 20_000);
        table.Add($"whole update of {files:N0} files: prepare, verify, sync, swap, sync", Milliseconds(whole));
    }

    private static async Task<UpdateOrder> PlanAsync(string root, string image, FileObjectStore objects)
    {
        foreach (var file in Directory.EnumerateFiles(image, "*", SearchOption.AllDirectories))
        {
            var content = await File.ReadAllBytesAsync(file);
            objects.Add(ObjectId.Of(content), content);
        }

        await objects.SyncAsync(CancellationToken.None);
        var manifest = ObjectId.Of("bench"u8);
        var plan = TreeComparison.Compare(new ComparisonInput
        {
            Manifest = manifest,
            Machine = await ScanAsync(root),
            Image = await ScanAsync(image),
            Exclusions = Private,
        });
        return new UpdateOrder { Plan = plan, Image = new ImageReference { Name = "bench", Manifest = manifest } };
    }

    private static async Task<FileTree> ScanAsync(string directory)
    {
        using var root = DirectoryHandle.Open(directory);
        var result = await new TreeScanner(root, new ScanOptions()).ScanAsync(new ScanRequest(), null, CancellationToken.None);
        return result.Tree.Tree;
    }

    /// <summary>What the kernel needs for the renames alone.</summary>
    private static TimeSpan MeasureRenames(string directory, int files, int bytes)
    {
        var (from, to) = (Path.Combine(directory, "from"), Path.Combine(directory, "to"));
        MakeFiles(from, files, bytes, 0);
        MakeFiles(to, files, bytes, 1);
        var pairs = Enumerable.Range(0, files).Select(i => (From: NameOf(from, i), To: NameOf(to, i))).ToArray();
        var clock = new Stopwatch();
        clock.Start();
        foreach (var pair in pairs)
        {
            File.Move(pair.From, pair.To, overwrite: true);
        }

        return clock.Elapsed;
    }

    private static void MakeFiles(string directory, int files, int bytes, int version)
    {
        var content = new byte[bytes];
        for (var i = 0; i < files; i++)
        {
            var path = NameOf(directory, i);
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? directory);
            Encoding.ASCII.GetBytes($"{i}/{version} ", content);
            File.WriteAllBytes(path, content);
        }
    }

    private static string NameOf(string directory, int number) => Path.Combine(directory, $"d{number / FilesPerDirectory}", $"f{number}");

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:N1} ms");

    private sealed class NoServices : IServiceRunner
    {
        public Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<ServiceLog?> ReadLogAsync(string service, CancellationToken cancellationToken) => Task.FromResult<ServiceLog?>(null);
    }
}
