using System.Diagnostics;
using System.Globalization;

namespace Dom.Bench.Fleet;

/// <summary>A process of the fleet, and what it costs.</summary>
internal sealed class FleetProcess : IAsyncDisposable
{
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FleetProcess(string assembly, string readyWord, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Read(line.Data, readyWord);
        _process.ErrorDataReceived += (_, line) => Read(line.Data, readyWord);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"{assembly} ended with {_process.ExitCode}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts <c>dom run</c> for a role and waits until it answers.</summary>
    public static async Task<(FleetProcess Process, string Address)> StartRoleAsync(FleetLayout layout, string role, params string[] settings)
    {
        var (certificate, key) = layout.Credentials(role);
        string[] tls = [$"Tls.CaFile={layout.CaFile}", $"Tls.CertificateFile={certificate}", $"Tls.KeyFile={key}"];
        var process = new FleetProcess("dom.dll", " answers at ", ["run", $"--role={role}", .. tls.Concat(settings).SelectMany(s => new[] { "--set", s })]);
        var line = await process._ready.Task;
        return (process, line[(line.LastIndexOf(" answers at ", StringComparison.Ordinal) + " answers at ".Length)..].Trim());
    }

    /// <summary>Starts subs and waits until all listen.</summary>
    public static async Task<FleetProcess> StartSubsAsync(params string[] arguments)
    {
        var process = new FleetProcess("Dom.Bench.dll", "all listen", ["fleet-subs", .. arguments]);
        await process._ready.Task;
        return process;
    }

    /// <summary>Seconds of processor time used so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            // Fields 14 and 15, counted behind the name in parentheses.
            var text = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>Resident set in bytes.</summary>
    public long ResidentBytes =>
        Number(File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    /// <summary>SIGKILL: as a crash.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line, string readyWord)
    {
        if (line?.Contains(readyWord, StringComparison.Ordinal) == true)
        {
            _ready.TrySetResult(line);
        }
        else if (line?.Contains("[error]", StringComparison.OrdinalIgnoreCase) == true)
        {
            Console.Error.WriteLine(line);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
