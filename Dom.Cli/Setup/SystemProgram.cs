using System.ComponentModel;
using System.Diagnostics;

namespace Dom.Cli.Setup;

/// <summary>Runs a program of the system that does what a library would have to do again.</summary>
internal static class SystemProgram
{
    /// <summary>Runs it to its end; returns its exit code and what it said on standard error.</summary>
    /// <exception cref="CommandException">There is no such program.</exception>
    public static async Task<(int ExitCode, string Error)> RunAsync(string name, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })
                ?? throw new InvalidOperationException($"{name} did not start");
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, error.Trim());
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Failed, "NoProgram", $"cannot run {name}: {e.Message}", $"install the package that brings {name}");
        }
    }
}
