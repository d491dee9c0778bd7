using System.Collections;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>A program that ran in a process group of its own, which is killed when it is not done in time, and whatever is left of it when it is.</summary>
/// <param name="Code">Exit code; null when it was not done in time.</param>
/// <param name="Output">The first lines it wrote, on one line and without control characters.</param>
internal readonly record struct GroupRun(int? Code, string Output)
{
    /// <summary>Most bytes of output that are kept.</summary>
    public const int MaxOutput = 2048;

    private const int MaxLines = 5;
    private const int MostBytesAtOnce = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs a program to its end or to the time limit. It does not inherit fail points.</summary>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Variables beside those of this process.</param>
    /// <param name="limit">Longest time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LinuxException">It cannot be started.</exception>
    public static async Task<GroupRun> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string>> variables,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var process = GroupProcess.Start(program, arguments, Environment().Concat(variables));
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

        return new GroupRun(ended ? code : null, FirstLines(kept.AsSpan(0, length)));
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

    private static IEnumerable<KeyValuePair<string, string>> Environment()
    {
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            // The fail point is for this process.
            if (variable is { Key: string name, Value: string value } && name != FailPoint.Variable)
            {
                yield return new(name, value);
            }
        }
    }
}
