using System.Collections;
using System.Globalization;
using System.Text;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Health;

/// <summary>Runs a command that tells by its exit code whether the machine is healthy: <c>/bin/sh -c COMMAND</c> in the directory <c>/</c>.</summary>
/// <remarks>It runs in a process group of its own, which is killed when it is not done in time, and whatever is left of it when it is. Of its output the beginning is kept.</remarks>
internal sealed class HealthCommand(TimeSpan limit, TimeProvider time)
{
    /// <summary>Most bytes of output that are kept.</summary>
    public const int MaxOutput = 2048;

    private const int MaxLines = 5;
    private const int MostBytesAtOnce = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it once.</summary>
    /// <param name="command">The command.</param>
    /// <param name="image">Name of the image it is asked about: the variable <c>DOM_IMAGE</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when it ended with 0; else what went wrong, with the first lines it wrote.</returns>
    public async Task<string?> RunAsync(string command, string image, CancellationToken cancellationToken)
    {
        try
        {
            // A newline, so that whatever the command is it is a line of its own.
            using var process = GroupProcess.Start("/bin/sh", ["-c", "cd / || exit 125\n" + command], Environment(image));
            return await WatchAsync(process, command, cancellationToken);
        }
        catch (LinuxException e)
        {
            return $"the health command '{Shorten(command)}' cannot be run: {e.Message}";
        }
    }

    private async Task<string?> WatchAsync(GroupProcess process, string command, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var kept = new byte[MaxOutput];
        var length = 0;
        var buffer = new byte[16 * 1024];
        var code = 0;
        var ended = false;
        while (!ended && time.GetElapsedTime(started) < limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
            ended = process.HasEnded(out code);
            length += Drain(process, buffer, kept.AsSpan(length));
        }

        if (ended && code == 0)
        {
            return null;
        }

        var how = ended
            ? string.Create(CultureInfo.InvariantCulture, $"ended with code {code}")
            : string.Create(CultureInfo.InvariantCulture, $"was not done after {limit.TotalSeconds:0.###} s and was killed");
        var output = FirstLines(kept.AsSpan(0, length));
        return $"the health command '{Shorten(command)}' {how}{(output.Length == 0 ? "" : ": " + output)}";
    }

    /// <summary>Reads what there is, as far as one look goes: who writes without end waits at the full pipe. Returns how many bytes were kept.</summary>
    private static int Drain(GroupProcess process, byte[] buffer, Span<byte> kept)
    {
        var filled = 0;
        int count;
        for (var read = 0; read < MostBytesAtOnce && (count = process.Read(buffer)) > 0; read += count)
        {
            var taken = Math.Min(count, kept.Length - filled);
            buffer.AsSpan(0, taken).CopyTo(kept[filled..]);
            filled += taken;
        }

        return filled;
    }

    private static string FirstLines(ReadOnlySpan<byte> output)
    {
        var lines = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MaxLines);
        return new string([.. string.Join("; ", lines).Select(static c => char.IsControl(c) ? ' ' : c)]);
    }

    private static string Shorten(string command) => command.Length <= 200 ? command : command[..199] + "…";

    private static IEnumerable<KeyValuePair<string, string>> Environment(string image)
    {
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            // The fail point is for this process.
            if (variable is { Key: string name, Value: string value } && name != FailPoint.Variable)
            {
                yield return new(name, value);
            }
        }

        yield return new("DOM_IMAGE", image);
    }
}
