using System.Globalization;
using System.Net.Sockets;

namespace Dom.Core.Systemd;

/// <summary>
/// Tells systemd's watchdog that the service lives, but only while every loop goes on. When one stands still nothing is sent any more, and systemd
/// ends the process and starts it anew.
/// </summary>
/// <param name="notifier">The way to systemd.</param>
/// <param name="loops">The loops that must go on.</param>
/// <param name="limit">How long systemd waits for a sign of life (<c>WatchdogSec=</c>). A loop must give or announce one within half of it.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceWatchdog(ServiceNotifier notifier, IReadOnlyList<LoopProgress> loops, TimeSpan limit, TimeProvider time)
{
    private const int LooksPerLimit = 6;

    private readonly long[] _seen = new long[loops.Count];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _last = time.GetTimestamp();

    /// <summary>Called once for each loop that has stood still for half of the limit, with its name and for how long.</summary>
    public Action<string, TimeSpan>? StandsStill { get; init; }

    /// <summary>How long systemd waits for this process; null when it does not watch it.</summary>
    /// <param name="microseconds">The variable <c>WATCHDOG_USEC</c>.</param>
    /// <param name="process">The variable <c>WATCHDOG_PID</c>: the process that is meant; empty for any.</param>
    public static TimeSpan? LimitOf(string? microseconds, string? process)
    {
        if (!string.IsNullOrEmpty(process) && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        return long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? TimeSpan.FromMicroseconds(value)
            : null;
    }

    /// <summary>Watches the loops until cancelled.</summary>
    /// <exception cref="SocketException">systemd's socket is gone.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Tell();
        using var timer = new PeriodicTimer(limit / LooksPerLimit, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            Look();
        }
    }

    /// <summary>Tells systemd if every loop has gone on since it was told last, or rests.</summary>
    internal void Look()
    {
        var still = loops.Where((loop, i) => loop.Beats == _seen[i] && !loop.Rests).ToList();
        if (still.Count == 0)
        {
            Tell();
            return;
        }

        var since = time.GetElapsedTime(_last);
        foreach (var loop in still.Where(loop => since >= limit / 2 && _told.Add(loop.Name)))
        {
            StandsStill?.Invoke(loop.Name, since);
        }
    }

    private void Tell()
    {
        for (var i = 0; i < _seen.Length; i++)
        {
            _seen[i] = loops[i].Beats;
        }

        notifier.Alive();
        _last = time.GetTimestamp();
        _told.Clear();
    }
}
