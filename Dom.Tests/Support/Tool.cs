using System.ComponentModel;
using System.Diagnostics;

namespace Dom.Tests.Support;

/// <summary>Runs programs of the system, with a time limit. A missing program fails the test and says so.</summary>
public static class Tool
{
    /// <summary>The time limit of a run that names none.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program to its end and returns what it printed, whatever its exit code.</summary>
    /// <param name="name">A name in <c>PATH</c>, or a path.</param>
    /// <param name="arguments">Its arguments, each passed as it is.</param>
    /// <param name="input">Bytes for its standard input; it is empty when none are given.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables set (or, with a null value, removed) for it.</param>
    /// <param name="timeout">Time limit; the program and its children are killed after it and the test fails.</param>
    /// <param name="cancellationToken">Ends the program early.</param>
    public static async Task<ToolResult> RunAsync(
        string name,
        IEnumerable<string> arguments,
        byte[]? input = null,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable] = value;
        }

        var commandLine = $"{name} {string.Join(' ', start.ArgumentList)}";
        using var process = Start(start, name);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout ?? DefaultTimeout);
        using var output = new MemoryStream();
        try
        {
            var writing = WriteInputAsync(process, input, limit.Token);
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await Task.WhenAll(reading, writing, process.WaitForExitAsync(limit.Token));
            return new ToolResult(commandLine, process.ExitCode, output.ToArray(), error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AssertionException($"{commandLine}\ndid not end within {timeout ?? DefaultTimeout}\nstdout so far: "
                + System.Text.Encoding.UTF8.GetString(output.ToArray()));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs a program that must end with code 0, and returns what it printed.</summary>
    public static async Task<ToolResult> RunOkAsync(string name, params string[] arguments) => (await RunAsync(name, arguments)).Expect();

    private static Process Start(ProcessStartInfo start, string name)
    {
        try
        {
            return Process.Start(start) ?? throw new AssertionException($"'{name}' did not start");
        }
        catch (Win32Exception e)
        {
            throw new AssertionException($"'{name}' cannot be run ({e.Message}); Dom.Tests/run.sh installs what the tests need");
        }
    }

    private static async Task WriteInputAsync(Process process, byte[]? input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? [], cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.HasExited || input is not null)
        {
            // The program ended without reading all of its input; its exit code tells whether that was right.
        }
    }
}
