using System.Globalization;

namespace Dom.Core.Systemd;

/// <summary>Loops that a test can have stand still for good, to prove that the watchdog notices. Off without the variable.</summary>
/// <remarks><c>DOM_STALL=name[:count]</c> holds the loop at its count-th turn (from 1).</remarks>
public static class StallPoint
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "DOM_STALL";

    private static readonly (string Name, int Count) Armed = Parse(Environment.GetEnvironmentVariable(Variable));
    private static int _turns;

    /// <summary>The loop that will stand still; empty for none.</summary>
    public static string Loop => Armed.Name;

    /// <summary>Never completes when the variable says so, not even when the process is asked to end.</summary>
    internal static Task PassAsync(string name) => Armed.Count > 0 && name == Armed.Name && Interlocked.Increment(ref _turns) == Armed.Count
        ? new TaskCompletionSource().Task
        : Task.CompletedTask;

    private static (string, int) Parse(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return ("", 0);
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (value, 1);
        }

        return int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? (value[..colon], count)
            : throw new InvalidOperationException($"{Variable}={value} is not NAME or NAME:COUNT with a count from 1");
    }
}
