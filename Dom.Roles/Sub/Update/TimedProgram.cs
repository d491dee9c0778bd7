using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Runs another program to its end or to a time limit: then it gets SIGTERM, and SIGKILL a little later.</summary>
/// <param name="Code">Exit code; null when it was not done in time.</param>
/// <param name="Text">The last it wrote.</param>
internal readonly record struct TimedProgram(int? Code, string Text)
{
    private const int KeptText = 2048;

    /// <summary>Runs a program. Its standard input is empty, and it does not inherit fail points.</summary>
    /// <param name="program">Its path, or its name in <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory; empty for that of this process.</param>
    /// <param name="limit">Time until SIGTERM.</param>
    /// <param name="killAfter">Time from there to SIGKILL.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait, not the program.</param>
    /// <param name="keeps">So many of the last characters it writes are kept, also when it ends well; 0 to keep some of a failure only.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static async Task<TimedProgram> RunAsync(
        string program, IEnumerable<string> arguments, string directory, TimeSpan limit, TimeSpan killAfter, TimeProvider time, CancellationToken cancellationToken, int keeps = 0)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };

        // The fail point is for this process, and a started service must not inherit it.
        start.Environment.Remove(FailPoint.Variable);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var most = keeps > 0 ? keeps : KeptText;
        var output = ReadTailAsync(process.StandardOutput, most);
        var error = ReadTailAsync(process.StandardError, most);
        if (!await EndsInTimeAsync(process, limit, killAfter, time, cancellationToken))
        {
            return new TimedProgram(null, "");
        }

        var code = process.ExitCode;
        if (code == 0 && keeps == 0)
        {
            return new TimedProgram(code, "");
        }

        // A daemon that was left running may hold the pipes open; its parent's end is what counts.
        var texts = Task.WhenAll(error, output);
        await Task.WhenAny(texts, Task.Delay(killAfter, time, cancellationToken));
        return new TimedProgram(code, texts.IsCompletedSuccessfully ? string.Join(' ', await texts).Trim() : "");
    }

    private static async Task<bool> EndsInTimeAsync(Process process, TimeSpan limit, TimeSpan killAfter, TimeProvider time, CancellationToken cancellationToken)
    {
        const int terminate = 15;
        const int kill = 9;
        if (await EndsWithinAsync(process, limit, time, cancellationToken))
        {
            return true;
        }

        ProcessControl.Signal(process.Id, terminate);
        if (!await EndsWithinAsync(process, killAfter, time, cancellationToken))
        {
            ProcessControl.Signal(process.Id, kill);
            await process.WaitForExitAsync(cancellationToken);
        }

        return false;
    }

    private static async Task<bool> EndsWithinAsync(Process process, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
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

    private static async Task<string> ReadTailAsync(StreamReader reader, int most)
    {
        var tail = new StringBuilder();
        var buffer = new char[1024];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            tail.Append(buffer, 0, count);
            if (tail.Length > most)
            {
                tail.Remove(0, tail.Length - most);
            }
        }

        return tail.ToString();
    }
}
