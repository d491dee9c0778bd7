using System.Globalization;
using System.Text;
using Dom.Core.Contracts.Logger;
using Dom.Core.Telemetry;

namespace Dom.Roles.Hosting.Logs;

/// <summary>What a log line says, as one line that is safe to print.</summary>
public static class LogText
{
    /// <summary>The message and the fault behind it, escaped; lines of a trace are joined.</summary>
    /// <param name="state">What the message is made of.</param>
    /// <param name="exception">The fault, or null.</param>
    /// <param name="formatter">Makes the message.</param>
    /// <param name="limit">Most characters; of a longer text the beginning is given, and its length.</param>
    public static string Of<TState>(TState state, Exception? exception, Func<TState, Exception?, string> formatter, int limit = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        var text = formatter(state, exception);
        if (exception is not null)
        {
            text = $"{text} {exception.ToString().Replace(Environment.NewLine, " ", StringComparison.Ordinal)}";
        }

        // Cut before it is escaped too, so that a large text costs no more than it may have.
        var printable = TerminalText.Printable(WithoutHalves(text.Length > limit ? text[..limit] : text));
        return text.Length <= limit && printable.Length <= limit
            ? printable
            : string.Create(CultureInfo.InvariantCulture, $"{WithoutHalves(printable[..Math.Min(limit, printable.Length)])}… ({text.Length} characters)");
    }

    /// <summary>A line of a log as plain text, in the form of the file and the console.</summary>
    public static string Of(LogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return $"{Moment(line.Time)} {line.Level} {line.Category}[{line.EventId.ToString(CultureInfo.InvariantCulture)}{(line.Event.Length > 0 ? " " : "")}{line.Event}]: {line.Message}";
    }

    /// <summary>A moment to the millisecond, in UTC.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Half a surrogate pair, of a peer or of the cut, cannot be written in UTF-8.</summary>
    private static string WithoutHalves(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
