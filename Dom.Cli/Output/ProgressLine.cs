using Dom.Core.Telemetry;
using Dom.Roles.Pages;

namespace Dom.Cli.Output;

/// <summary>A line on a terminal that shows how far a long step is. Silent where there is no terminal.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarWidth = 24;
    private const int MaxWidth = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter? _terminal;
    private readonly string _label;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _lock = new();
    private long _shown;
    private bool _isVisible;

    internal ProgressLine(TextWriter? terminal, string label, TimeProvider time)
    {
        _terminal = terminal;
        _label = label;
        _time = time;
        _started = time.GetTimestamp();
        _shown = _started;
    }

    /// <summary>Shows a share of bytes: bar, amounts and rate. At most ten times a second; callable from several threads.</summary>
    public void Bytes(long done, long total)
    {
        var seconds = _time.GetElapsedTime(_started).TotalSeconds;
        Show(done, total, () => $"{Amounts.Bytes(done)} of {Amounts.Bytes(total)}, {Amounts.Bytes((long)(done / Math.Max(seconds, 0.001)))}/s");
    }

    /// <summary>Shows a share of things counted.</summary>
    public void Count(long done, long total) => Show(done, total, () => $"{Amounts.Count(done)} of {Amounts.Count(total)}");

    /// <summary>Shows what is going on where no share is known.</summary>
    public void Status(string text) => Write(() => $"{_label}: {TerminalText.Printable(text)}, {Amounts.Duration(_time.GetElapsedTime(_started))}");

    /// <summary>Removes the line.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isVisible)
            {
                _terminal?.Write("\r\e[K");
                _isVisible = false;
            }
        }
    }

    private void Show(long done, long total, Func<string> detail) => Write(() =>
    {
        var filled = total <= 0 ? BarWidth : (int)Math.Clamp(BarWidth * done / total, 0, BarWidth);
        return $"{_label} [{new string('#', filled)}{new string('.', BarWidth - filled)}] {detail()}";
    });

    private void Write(Func<string> text)
    {
        if (_terminal is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_time.GetElapsedTime(_shown) < Interval)
            {
                return;
            }

            _shown = _time.GetTimestamp();
            var line = text();
            _terminal.Write("\r" + (line.Length > MaxWidth ? line[..MaxWidth] : line) + "\e[K");
            _isVisible = true;
        }
    }
}
