using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Bench;

/// <summary>Scanning: the first two rows of the design's section 7, and what a snapshot costs in memory.</summary>
/// <remarks><c>scan [--files 200000] [--mib 2048] [--dir DIR]</c>. Everything is warm: each job runs three times and the best counts.</remarks>
internal static class ScanBench
{
    private const int Runs = 3;
    private const int FilesPerDirectory = 100;
    private const double MiB = 1 << 20;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--files", "--mib", "--dir");
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var table = new BenchTable();
            await MeasureChecksumAsync(table, directory, options.Get("--mib", 2048));
            await MeasureFilesAsync(table, directory, options.Get("--files", 200_000));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureChecksumAsync(BenchTable table, string directory, int mib)
    {
        var large = Directory.CreateDirectory(Path.Combine(directory, "large")).FullName;
        var block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        await using (var file = File.Create(Path.Combine(large, "file")))
        {
            for (var i = 0; i < mib; i++)
            {
                await file.WriteAsync(block);
            }
        }

        var memory = Best(() => HashInMemory(block, mib));
        var one = await BestAsync(() => ScanAsync(large, new ScanOptions { Threads = 1, ReadAhead = false }));
        var ahead = await BestAsync(() => ScanAsync(large, new ScanOptions { Threads = 1, ReadAhead = true }));
        AddChecksum(table, $"checksum, {mib} MiB, one thread", mib, one, memory, 0.84);
        AddChecksum(table, $"checksum, {mib} MiB, read-ahead", mib, ahead, memory, 0.95);
        File.Delete(Path.Combine(large, "file"));
    }

    private static void AddChecksum(BenchTable table, string job, int mib, Measured scan, Measured memory, double goal)
    {
        var ratio = memory.Seconds / scan.Seconds;
        var yardstick = $"SHA-256 in memory {Speed(mib, memory.Seconds)}";
        table.Add(job, Speed(mib, scan.Seconds), yardstick, ratio, string.Create(CultureInfo.InvariantCulture, $">= {goal:P0}"), ratio >= goal);
    }

    private static async Task MeasureFilesAsync(BenchTable table, string directory, int files)
    {
        var small = Directory.CreateDirectory(Path.Combine(directory, "small")).FullName;
        var bytes = MakeFiles(small, files);
        var single = new ScanOptions { Threads = 1, TimeGranularity = TimeSpan.Zero };
        using var root = DirectoryHandle.Open(small);
        var scanner = new TreeScanner(root, single);

        // Memory comes first: what later runs leave behind would count as held before.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var tree = (await scanner.ScanAsync(new ScanRequest(), null, CancellationToken.None)).Tree;
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / MiB;
        table.Add($"snapshot of {files:N0} files in memory", $"{held:N1} MiB", goal: "< 40 MiB", met: held < 40 || files > 200_000);
        table.Add("resident set of the process then", $"{Environment.WorkingSet / MiB:N0} MiB");

        var find = Best(() => Find(small));
        var first = await BestAsync(() => ScanAsync(small, single));
        var two = await BestAsync(() => ScanAsync(small, single with { Threads = 2 }));
        var sweep = await BestAsync(async () => await scanner.ScanAsync(new ScanRequest(), tree, CancellationToken.None));
        AddScan(table, $"first scan of {files:N0} files, {bytes / MiB:N0} MiB, 1 thread", files, first, find);
        AddScan(table, $"first scan of {files:N0} files, 2 threads", files, two, find);
        AddScan(table, $"sweep of {files:N0} unchanged files, 1 thread", files, sweep, find);
        GC.KeepAlive(tree);
        await MeasureOneChangeAsync(table, directory, files);
    }

    private static async Task MeasureOneChangeAsync(BenchTable table, string directory, int files)
    {
        var flat = Directory.CreateDirectory(Path.Combine(directory, "flat")).FullName;
        for (var i = 0; i < files; i++)
        {
            File.WriteAllBytes(Path.Combine(flat, $"file-{i}"), []);
        }

        using var root = DirectoryHandle.Open(flat);
        var scanner = new TreeScanner(root, new ScanOptions { Threads = 1 });
        var tree = (await scanner.ScanAsync(new ScanRequest(), null, CancellationToken.None)).Tree;
        var best = double.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(Path.Combine(flat, $"file-{i}"), "changed");
            var result = await scanner.RescanAsync(new ScanRequest(), tree, [UnixPath.Of($"/file-{i}")], CancellationToken.None);
            tree = result.Tree;
            best = Math.Min(best, result.Duration.TotalMilliseconds);
        }

        table.Add($"one change in a directory of {files:N0} entries", $"{best:N2} ms", goal: "< 1 ms", met: best < 1);
    }

    private static void AddScan(BenchTable table, string job, int files, Measured scan, Measured find) => table.Add(
        job,
        $"{Rate(files, scan.Seconds)} ({Rate(files, scan.CpuSeconds)} a CPU second)",
        $"find -printf {Rate(files, find.Seconds)}",
        find.Seconds / scan.Seconds,
        ">= 80,000 files/s",
        files / scan.Seconds >= 80_000);

    private static long MakeFiles(string directory, int files)
    {
        var random = new Random(2);
        var content = new byte[4096];
        random.NextBytes(content);
        long bytes = 0;
        for (var i = 0; i < files; i++)
        {
            var parent = Path.Combine(directory, $"directory-{i / FilesPerDirectory / 50}", $"below-{i / FilesPerDirectory % 50}");
            if (i % FilesPerDirectory == 0)
            {
                Directory.CreateDirectory(parent);
            }

            BitConverter.TryWriteBytes(content, i);
            var size = random.Next(100, content.Length);
            File.WriteAllBytes(Path.Combine(parent, $"some-file-{i}.conf"), content.AsSpan(0, size));
            bytes += size;
        }

        return bytes;
    }

    private static async Task ScanAsync(string directory, ScanOptions options)
    {
        using var root = DirectoryHandle.Open(directory);
        await new TreeScanner(root, options).ScanAsync(new ScanRequest(), null, CancellationToken.None);
    }

    private static void HashInMemory(byte[] block, int times)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < times; i++)
        {
            hash.AppendData(block);
        }

        hash.GetHashAndReset();
    }

    private static void Find(string directory)
    {
        var start = new ProcessStartInfo("find", [directory, "-printf", "%m %U %G %i %s %T@ %n %p\n"]) { RedirectStandardOutput = true };
        using var find = Process.Start(start) ?? throw new InvalidOperationException("find did not start");
        find.StandardOutput.BaseStream.CopyTo(Stream.Null);
        find.WaitForExit();
    }

    private static Measured Best(Action job) => BestAsync(() =>
    {
        job();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private static async Task<Measured> BestAsync(Func<Task> job)
    {
        var best = new Measured(double.MaxValue, double.MaxValue);
        for (var i = 0; i < Runs; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            await job();
            var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            best = new Measured(Math.Min(best.Seconds, seconds), Math.Min(best.CpuSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds));
        }

        return best;
    }

    private static string Speed(int mib, double seconds) => string.Create(CultureInfo.InvariantCulture, $"{mib / seconds:N0} MiB/s");

    private static string Rate(int files, double seconds) => string.Create(CultureInfo.InvariantCulture, $"{files / seconds:N0} files/s");

    /// <summary>The best run: time on the clock, and time this process spent on all CPUs, which tells more on a busy machine.</summary>
    private readonly record struct Measured(double Seconds, double CpuSeconds);
}
