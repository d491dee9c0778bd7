using System.Diagnostics;
using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>A running <c>dom run</c>, started and ended as an init system would.</summary>
public sealed class DomProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];

    private DomProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <c>dom</c> with these arguments.</summary>
    public static DomProcess Start(params string[] arguments) => Start(DomProgram.Command, arguments, new Dictionary<string, string?>());

    /// <summary>Starts a copy of <c>dom</c> or through another program, with variables set (or, with a null value, removed) for it.</summary>
    public static DomProcess Start(IReadOnlyList<string> command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        return new DomProcess(Process.Start(start) ?? throw new AssertionException($"{command[0]} did not start"));
    }

    /// <summary>Waits until a condition holds; fails with the log when the process ends or the time is over.</summary>
    public async Task WaitAsync(string what, Func<Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        while (!await condition())
        {
            if (_process.HasExited || deadline.IsCancellationRequested)
            {
                throw new AssertionException($"{what}: {(_process.HasExited ? $"the process ended with {_process.ExitCode}" : $"not within {limit}")}\n{Log}");
            }

            await Task.WhenAny(Task.Delay(100, deadline.Token));
        }
    }

    /// <summary>Waits for its end, which it comes to by itself or by a fail point, and returns its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Kills it as a power cut would: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then SIGKILL after 20 seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Tool.RunAsync("kill", ["-TERM", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                throw new AssertionException($"the process did not end within 20 s of SIGTERM\n{Log}");
            }
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_log)
            {
                _log.Add(line.Data);
            }
        }
    }
}
