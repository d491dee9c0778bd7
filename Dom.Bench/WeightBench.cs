using System.Diagnostics;
using System.Globalization;

namespace Dom.Bench;

/// <summary>What the published program weighs: size, start time, memory and processor time of a sub, also while others use all processors.</summary>
/// <remarks>
/// <c>weight --program "/usr/bin/dom" [--files 200000] [--seconds 60] [--starts 20] [--settings Sub.Notice=Off] [--dir DIR]</c>. Variables of the environment
/// reach the program, so that settings of the runtime can be compared. Needs root.
/// </remarks>
internal static class WeightBench
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--program", "--files", "--seconds", "--starts", "--settings", "--dir");
        var program = options.Get("--program", "/usr/bin/dom").Split(' ');
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var place = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            BenchProcess.MakeCertificates(place);
            var table = new BenchTable();
            var bytes = new FileInfo(program[^1]).Length;
            table.Add($"size of {Path.GetFileName(program[^1])}", Say($"{bytes / 1e6:F1} MB"), goal: "about 40 MB");
            MeasureVersion(table, program, options.Get("--starts", 20));
            await MeasureStartAsync(table, program, place, options.Get("--starts", 20) / 4 + 1);
            var root = Directory.CreateDirectory(Path.Combine(place, "root")).FullName;
            BenchFiles.Make(root, options.Get("--files", 200_000));
            await MeasureSubAsync(table, program, place, root, options.Get("--seconds", 60), options.Get("--settings", "").Split(',', StringSplitOptions.RemoveEmptyEntries));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static void MeasureVersion(BenchTable table, string[] program, int starts)
    {
        var wall = new List<double>();
        var cpu = BenchProcess.CpuTimeOfChildren;
        for (var i = 0; i < starts; i++)
        {
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo(program[0], [.. program[1..], "--version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            wall.Add(clock.Elapsed.TotalMilliseconds);
        }

        cpu = (BenchProcess.CpuTimeOfChildren - cpu) / starts;
        table.Add("`dom --version`", Say($"{Median(wall):F0} ms, of processor time {cpu.TotalMilliseconds:F0} ms; least {wall.Min():F0} ms"), goal: "< 100 ms on an idle machine");
    }

    private static async Task MeasureStartAsync(BenchTable table, string[] program, string place, int starts)
    {
        var root = Directory.CreateDirectory(Path.Combine(place, "small")).FullName;
        File.WriteAllText(Path.Combine(root, "file"), "content");
        var (wall, cpu, memory) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < starts; i++)
        {
            var clock = Stopwatch.StartNew();
            using var sub = BenchProcess.StartSub(program, place, root);
            await sub.AnswersAsync();
            wall.Add(clock.Elapsed.TotalMilliseconds);
            cpu.Add(sub.CpuTime.TotalMilliseconds);
            memory.Add(sub.Memory("VmRSS"));
        }

        table.Add("a sub, until it answers", Say($"{Median(wall):F0} ms, of processor time {Median(cpu):F0} ms; resident then {Median(memory):F0} MiB"));
    }

    private static async Task MeasureSubAsync(BenchTable table, string[] program, string place, string root, int seconds, string[] settings)
    {
        using var sub = BenchProcess.StartSub(program, place, root, settings);
        await sub.ScannedAsync(1);
        var inodes = await sub.MetricAsync("dom_sub_inodes");
        table.Add(Say($"first scan of {inodes:N0} inodes: processor time of the sub"), Say($"{sub.CpuTime.TotalSeconds:F2} s; most resident {sub.Memory("VmHWM"):F0} MiB"));
        await sub.ScannedAsync(3);
        var idle = await MeasureShareAsync(sub, seconds);
        AddMemory(table, sub, Say($"resident after {sub.CpuTime.TotalSeconds:F0} s of processor time"));
        table.Add(Say($"processor time over {seconds} s, nothing changes"), Say($"{idle.All:P1} of one processor: notice {idle.Notice:P2}, sweeps {idle.Sweep:P2}, the rest is the scrub"), goal: "notice and sweeps < 2 %", met: settings.Length > 0 ? null : idle.Notice + idle.Sweep < 0.02);
        using (new BusyProcessors())
        {
            var busy = await MeasureShareAsync(sub, seconds);
            table.Add(Say($"the same while {Environment.ProcessorCount} threads use all processors"), Say($"{busy.All:P1} of one processor, {busy.All / Environment.ProcessorCount:P1} of the machine"), goal: "≤ 8 %", met: busy.All <= 0.08);
        }

        AddMemory(table, sub, "resident at the end");
    }

    private static void AddMemory(BenchTable table, BenchProcess sub, string when)
    {
        var resident = sub.Memory("VmRSS");
        table.Add(when, Say($"{resident:F0} MiB, of that {sub.Memory("RssAnon"):F0} MiB its own; most {sub.Memory("VmHWM"):F0} MiB"), goal: "< 100 MiB", met: resident < 100);
    }

    private static async Task<(double All, double Notice, double Sweep)> MeasureShareAsync(BenchProcess sub, int seconds)
    {
        var clock = Stopwatch.StartNew();
        var (all, notice, sweep) = await ReadAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var then = await ReadAsync();
        var elapsed = clock.Elapsed.TotalSeconds;
        return ((then.All - all) / elapsed, (then.Notice - notice) / elapsed, (then.Sweep - sweep) / elapsed);

        async Task<(double All, double Notice, double Sweep)> ReadAsync() =>
            (sub.CpuTime.TotalSeconds, await sub.MetricAsync("dom_sub_notice_cpu_seconds_total"), await sub.MetricAsync("dom_sub_sweep_cpu_seconds_total"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
