using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dom.Core.Machines;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>A program that prints the list. It runs without a shell; time and output are limited, and its exit code must be 0.</summary>
internal sealed class CommandSource(SourceDefinition definition, SourceLimits limits, TimeProvider clock) : IMachineSource
{
    private const int ErrorBytes = 2048;

    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(1);

    private Task? _abandoned;

    /// <inheritdoc/>
    public async Task<SourceReading> ReadAsync(MachineList lastGood, CancellationToken cancellationToken)
    {
        if (_abandoned is { IsCompleted: false })
        {
            throw new IOException($"the last run of {definition.Location} left a process behind that holds its output open; it is not run again before that ends");
        }

        using var process = Start();
        using var timeout = new CancellationTokenSource(limits.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            return new SourceReading(await RunAsync(process, either.Token), []);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{definition.Location} was not done within {DurationText.Format(limits.Timeout)} and was killed", fault);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A run ends with the look that began it.
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(definition.Location)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in definition.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new IOException($"{definition.Location} did not start");
        }
        catch (Win32Exception fault)
        {
            throw new IOException($"cannot run {definition.Location}: {fault.Message}", fault);
        }
    }

    private async Task<MachineList> RunAsync(Process process, CancellationToken cancellationToken)
    {
        // What the program prints is read by tasks that can be left alone: a process it started may hold the pipes open for ever.
        var errors = ReadTailAsync(process.StandardError);
        var output = SourceFormat.ReadAsync(definition, process.StandardOutput.BaseStream, limits, CancellationToken.None);
        _abandoned = Task.WhenAll(errors, output).ContinueWith(static task => task.Exception, TaskScheduler.Default);
        try
        {
            var list = await output.WaitAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? list : throw await FailedAsync(process, errors, cancellationToken);
        }
        catch (MachineListException fault)
        {
            // A program that failed prints no list; why it failed tells more than what is wrong with the list.
            await Task.WhenAny(process.WaitForExitAsync(cancellationToken), Task.Delay(ExitPatience, clock, cancellationToken));
            throw process is { HasExited: true, ExitCode: not 0 }
                ? await FailedAsync(process, errors, cancellationToken)
                : new MachineListException($"the output of {definition.Location}: {fault.Message}", innerException: fault);
        }
    }

    private async Task<IOException> FailedAsync(Process process, Task<string> errors, CancellationToken cancellationToken)
    {
        await Task.WhenAny(errors, Task.Delay(ExitPatience, clock, cancellationToken));
        var said = errors.IsCompletedSuccessfully ? (await errors).Trim() : "";
        return new IOException(string.Create(
            CultureInfo.InvariantCulture, $"{definition.Location} ended with code {process.ExitCode}{(said.Length == 0 ? "" : ": " + said)}"));
    }

    private static async Task<string> ReadTailAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var buffer = new char[1024];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            tail.Append(buffer, 0, count);
            if (tail.Length > ErrorBytes)
            {
                tail.Remove(0, tail.Length - ErrorBytes);
            }
        }

        return tail.ToString();
    }
}
