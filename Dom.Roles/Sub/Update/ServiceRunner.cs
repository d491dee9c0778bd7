using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Runs <c>systemctl VERB UNIT</c>, or the configured command with verb and service as its arguments.</summary>
/// <remarks>A program that is not done in time gets SIGTERM, and SIGKILL a little later. The last output of one that failed is the error.</remarks>
public sealed class ServiceRunner(ServiceRunnerOptions options, TimeProvider time) : IServiceRunner
{
    private const int ErrorBytes = 2048;

    /// <summary>systemctl's exit code for a unit that does not exist: there is nothing to stop.</summary>
    private const int NotLoaded = 5;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return null;
        }

        if (service.Length == 0 || service[0] == '-')
        {
            return $"'{service}' is no service name; correct the triggers of the image";
        }

        var start = Describe(verb, service);
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        }
        catch (Win32Exception e)
        {
            return $"cannot run {start.FileName}: {e.Message}";
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = ReadTailAsync(process.StandardOutput);
            var error = ReadTailAsync(process.StandardError);
            if (!await EndsInTimeAsync(process, cancellationToken))
            {
                return $"{Text(verb)} {service} was not done after {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s and was killed";
            }

            var code = process.ExitCode;
            if (code == 0 || (code == NotLoaded && verb == ServiceVerb.Stop && options.Command.Length == 0))
            {
                return null;
            }

            // A daemon that was left running may hold the pipes open; its parent's end is what counts.
            var texts = Task.WhenAll(error, output);
            await Task.WhenAny(texts, Task.Delay(options.KillAfter, time, cancellationToken));
            var text = texts.IsCompletedSuccessfully ? string.Join(' ', await texts).Trim() : "";
            return $"{Text(verb)} {service} ended with code {code}{(text.Length == 0 ? "" : ": " + text)}";
        }
    }

    private ProcessStartInfo Describe(ServiceVerb verb, string service)
    {
        var start = new ProcessStartInfo(options.Command.Length > 0 ? options.Command : "systemctl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        // The fail point is for this process, and a started service must not inherit it.
        start.Environment.Remove(FailPoint.Variable);
        start.ArgumentList.Add(Text(verb));
        if (verb != ServiceVerb.Reboot || options.Command.Length > 0)
        {
            start.ArgumentList.Add(service);
        }

        return start;
    }

    private async Task<bool> EndsInTimeAsync(Process process, CancellationToken cancellationToken)
    {
        const int terminate = 15;
        const int kill = 9;
        if (await EndsWithinAsync(process, options.Timeout, cancellationToken))
        {
            return true;
        }

        ProcessControl.Signal(process.Id, terminate);
        if (!await EndsWithinAsync(process, options.KillAfter, cancellationToken))
        {
            ProcessControl.Signal(process.Id, kill);
            await process.WaitForExitAsync(cancellationToken);
        }

        return false;
    }

    private async Task<bool> EndsWithinAsync(Process process, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
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

    private static string Text(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Stop => "stop",
        ServiceVerb.Start => "start",
        ServiceVerb.Reload => "reload",
        ServiceVerb.Restart => "restart",
        ServiceVerb.Reboot => "reboot",
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "no such verb"),
    };
}
