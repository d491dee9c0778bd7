using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dom.Core.Rpc.Certificates;

namespace Dom.Bench;

/// <summary>A sub as machines run it: the program given, in a process of its own.</summary>
internal sealed class BenchProcess : IDisposable
{
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly HttpClient _http;

    private BenchProcess(Process process, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    /// <summary>Processor time of all processes that were started here and have ended.</summary>
    public static TimeSpan CpuTimeOfChildren => ReadTimes("self", 13);

    /// <summary>Processor time so far.</summary>
    public TimeSpan CpuTime => ReadTimes(_process.Id.ToString(CultureInfo.InvariantCulture), 11);

    /// <summary>Starts a sub of a directory.</summary>
    /// <param name="program">The program with leading arguments: <c>/usr/bin/dom</c>, or <c>dotnet dom.dll</c>.</param>
    /// <param name="place">Where its certificates are made.</param>
    /// <param name="root">The directory.</param>
    /// <param name="settings">More settings, such as <c>Sub.Notice=Off</c>.</param>
    public static BenchProcess StartSub(string[] program, string place, string root, params string[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] all =
        [
            $"Sub.Listen=127.0.0.1:{port}", $"Sub.Root={root}", "Sub.ServiceCommand=/bin/true",
            $"Tls.CaFile={place}/CA.pem", $"Tls.CertificateFile={place}/cert.pem", $"Tls.KeyFile={place}/key.pem", .. settings,
        ];
        foreach (var argument in program[1..].Append("run").Append("--role=sub").Concat(all.SelectMany(static setting => new[] { "--set", setting })))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program[0]} does not start");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new BenchProcess(process, port);
    }

    /// <summary>Certificates of a sub.</summary>
    public static void MakeCertificates(string place)
    {
        using var authority = CertificateAuthority.Create("bench", TimeSpan.FromDays(1), TimeProvider.System);
        var issued = authority.Issue(new CertificateOrder { Name = "sub", Roles = ["sub"] });
        File.WriteAllText(Path.Combine(place, "CA.pem"), authority.CertificatePem);
        File.WriteAllText(Path.Combine(place, "cert.pem"), issued.CertificatePem);
        File.WriteAllText(Path.Combine(place, "key.pem"), issued.KeyPem);
    }

    /// <summary>Waits until it answers.</summary>
    public Task AnswersAsync() => UntilAsync(static _ => true);

    /// <summary>Waits until so many looks at all files are done.</summary>
    public Task ScannedAsync(int times) => UntilAsync(metrics => Metric(metrics, "dom_sub_scans_total") >= times);

    /// <summary>A metric's value now.</summary>
    public async Task<double> MetricAsync(string name) => Metric(await _http.GetStringAsync("/metrics"), name);

    /// <summary>Memory in MiB: <c>VmRSS</c>, <c>RssAnon</c> or <c>VmHWM</c>.</summary>
    public double Memory(string field) =>
        Number(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024;

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<string, bool> wanted)
    {
        while (true)
        {
            try
            {
                if (wanted(await _http.GetStringAsync("/metrics")))
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Time in programs and in the kernel, from <c>/proc/PID/stat</c>.</summary>
    private static TimeSpan ReadTimes(string process, int field)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((Number(fields[field]) + Number(fields[field + 1])) / TicksPerSecond);
    }

    private static double Metric(string metrics, string name) =>
        Number(metrics.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
