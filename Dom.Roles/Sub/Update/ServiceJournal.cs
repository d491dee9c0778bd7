using System.ComponentModel;
using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Telemetry;

namespace Dom.Roles.Sub.Update;

/// <summary>Reads the last that a unit wrote to systemd's journal: what an operator would ask for first when it did not start.</summary>
internal static class ServiceJournal
{
    private const int MaxCharacters = 4096;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(2);

    /// <summary>The last lines since a moment, of unit and service manager. A journal that cannot be read is said in place of the lines.</summary>
    public static async Task<ServiceLog> ReadAsync(string service, DateTimeOffset since, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // What was written a moment ago may still be on its way; without this lines are missing at worst.
            await TimedProgram.RunAsync("journalctl", ["--sync"], "/", Limit, KillAfter, time, cancellationToken);
            var read = await TimedProgram.RunAsync(
                "journalctl",
                [
                    $"--unit={service}", string.Create(CultureInfo.InvariantCulture, $"--since=@{since.ToUnixTimeSeconds()}"), $"--lines={PollLimits.MaxLogLines}",
                    "--output=short-iso", "--all", "--no-hostname", "--no-pager", "--quiet",
                ],
                "/",
                Limit,
                KillAfter,
                time,
                cancellationToken,
                keeps: MaxCharacters);
            return read.Code switch
            {
                0 => new ServiceLog { Service = service, Lines = Lines(read.Text) },
                null => Unreadable(service, "it gave no answer in time"),
                var code => Unreadable(service, string.Create(CultureInfo.InvariantCulture, $"journalctl ended with code {code}: {read.Text}")),
            };
        }
        catch (Win32Exception e)
        {
            return Unreadable(service, $"cannot run journalctl: {e.Message}");
        }
    }

    /// <summary>The lines of a text of which the beginning may be missing: without control characters, each of bounded length.</summary>
    internal static IReadOnlyList<string> Lines(string text)
    {
        var whole = text.Length >= MaxCharacters && text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var cut ? text[(cut + 1)..] : text;
        return
        [
            .. whole.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .TakeLast(PollLimits.MaxLogLines)
                .Select(static line => TerminalText.Printable(line.Replace('\t', ' ')))
                .Select(static line => line.Length <= PollLimits.MaxLogLine ? line : string.Concat(line.AsSpan(0, PollLimits.MaxLogLine - 1), "…")),
        ];
    }

    private static ServiceLog Unreadable(string service, string why) => new() { Service = service, Lines = Lines($"(its journal cannot be read: {why})") };
}
