using System.Diagnostics;
using System.Globalization;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Rpc;

namespace Dom.Bench;

/// <summary>Pushing an image over TLS to a server in the same process: new, with one file changed, unchanged, and as an archive.</summary>
/// <remarks><c>push [--files 50000] [--mib 1024] [--dir DIR] [--streams 4]</c>. The yardstick copies the same tree with cp and makes it durable with sync -f.</remarks>
internal static class PushBench
{
    private const int FilesPerDirectory = 50;
    private const double MiB = 1 << 20;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--files", "--mib", "--dir", "--streams");
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var table = new BenchTable();
            await MeasureAsync(table, directory, options.Get("--files", 50_000), options.Get("--mib", 1024), options.Get("--streams", 4));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchTable table, string directory, int files, int mib, int streams)
    {
        var source = Directory.CreateDirectory(Path.Combine(directory, "source")).FullName;
        MakeFiles(source, files, (long)mib << 20);
        Run("sync", "-f", directory);
        var yardstick = Measure(() =>
        {
            Run("cp", "-a", source, Path.Combine(directory, "copy"));
            Run("sync", "-f", directory);
        });

        // The copy stays until the end: ext4 makes files slowly for minutes after many were deleted.
        var server = new BenchImageServer(directory);
        await using var role = await server.StartAsync();
        await using var client = server.Connect(role);
        var isFull = files == 50_000 && mib == 1024;
        var what = $"{files:N0} files, {mib:N0} MiB";
        var cp = $"cp and sync {Seconds(yardstick)}";

        // A small one first, so that the compiler's work is not measured.
        var small = Directory.CreateDirectory(Path.Combine(directory, "small")).FullName;
        MakeFiles(small, 500, 10 << 20);
        await PushAsync(client, "warm/1", small, streams);

        var (first, cpu, result) = await PushAsync(client, "bench/1", source, streams);
        table.Add($"push of {what}, new", Cost(first, cpu), cp, yardstick / first, isFull ? "< 4 s" : "", isFull ? first < 4 : null);
        File.WriteAllText(Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).First(), "changed");
        var (second, changedCpu, changed) = await PushAsync(client, "bench/2", source, streams);
        table.Add($"push of {what}, one file changed", Cost(second, changedCpu), cp, yardstick / second, isFull ? "< 1.5 s" : "", isFull ? second < 1.5 : null);
        var (third, sameCpu, _) = await PushAsync(client, "bench/3", source, streams);
        table.Add($"push of {what}, unchanged", Cost(third, sameCpu), cp, yardstick / third);
        var archive = Path.Combine(directory, "source.tar");
        Run("tar", "-C", source, "--format=pax", "-cf", archive, ".");
        Run("zstd", "-q", "-1", archive);
        var (plain, plainCpu, same) = await PushAsync(client, "bench/4", new ArchiveSource(archive, directory), streams);
        table.Add($"push of {what} as a tar archive, unchanged", Cost(plain, plainCpu), cp, yardstick / plain, "", same.ObjectsSent == 0 ? null : false);
        var (packed, packedCpu, _) = await PushAsync(client, "bench/5", new ArchiveSource(archive + ".zst", directory), streams);
        table.Add($"push of {what} as a tar archive under zstd, unchanged", Cost(packed, packedCpu), cp, yardstick / packed);
        table.Add("sent in the first and second push", $"{result.BytesSent / MiB:N0} MiB, {changed.BytesSent / 1024.0:N0} KiB");
        table.Add("resident set of this process (client and server)", $"{Environment.WorkingSet / MiB:N0} MiB");
    }

    private static Task<(double Seconds, double Cpu, PushResult Result)> PushAsync(RpcClient client, string name, string source, int streams) =>
        PushAsync(client, name, new DirectorySource(source), streams);

    private static async Task<(double Seconds, double Cpu, PushResult Result)> PushAsync(RpcClient client, string name, PushSource source, int streams)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var started = TimeProvider.System.GetTimestamp();
        var result = await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = source, Streams = streams }, null, CancellationToken.None);
        return (TimeProvider.System.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, result);
    }

    internal static void MakeFiles(string directory, int files, long bytes)
    {
        var content = new byte[Math.Max(4, (int)(bytes / files))];
        new Random(1).NextBytes(content);
        for (var i = 0; i < files; i++)
        {
            var parent = Path.Combine(directory, $"directory-{i / FilesPerDirectory / 40}", $"below-{i / FilesPerDirectory % 40}");
            if (i % FilesPerDirectory == 0)
            {
                Directory.CreateDirectory(parent);
            }

            BitConverter.TryWriteBytes(content, i);
            File.WriteAllBytes(Path.Combine(parent, $"file-{i}"), content);
        }
    }

    private static double Measure(Action job)
    {
        var started = TimeProvider.System.GetTimestamp();
        job();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
        }
    }

    /// <summary>Client and server share the processors, so their time on them says what a busy machine hides.</summary>
    private static string Cost(double seconds, double cpu) => $"{Seconds(seconds)} ({Seconds(cpu)} of CPU, both ends)";

    private static string Seconds(double seconds) => seconds.ToString("0.00 s", CultureInfo.InvariantCulture);
}
