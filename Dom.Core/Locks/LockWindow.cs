using System.Globalization;

namespace Dom.Core.Locks;

/// <summary>
/// A span of time that comes again every day or on some days of the week, as locksmith writes it: <c>[DAYS ]H:M LENGTH [ZONE]</c>, such as <c>14:00 1h</c>,
/// <c>Thu 23:00 1h30m</c>, <c>Sat,Sun 02:00 90m Europe/Berlin</c>. Without a zone it is the zone of this machine.
/// </summary>
/// <remarks>
/// The start belongs to it, the end does not. A start that the clocks skip in spring is the next minute that exists; one that comes twice in autumn opens it
/// both times. Its length is real time, whatever the clocks do meanwhile.
/// </remarks>
public sealed record LockWindow
{
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly TimeZoneInfo _zone;
    private readonly string _text;

    private LockWindow(string text, IReadOnlyList<DayOfWeek> days, TimeSpan start, TimeSpan length, TimeZoneInfo zone)
    {
        _text = text;
        Days = days;
        Start = start;
        Length = length;
        _zone = zone;
    }

    /// <summary>The days on which it starts; empty for every day.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; }

    /// <summary>When it starts, from midnight.</summary>
    public TimeSpan Start { get; }

    /// <summary>How long it is open.</summary>
    public TimeSpan Length { get; }

    /// <summary>Reads a window.</summary>
    /// <param name="text">Days, start, length, zone.</param>
    /// <param name="local">The zone when none is named.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static LockWindow Parse(string text, TimeZoneInfo local)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var days = words is [var first, ..] && !first.Contains(':', StringComparison.Ordinal) ? ParseDays(first) : [];
        if (days.Count > 0)
        {
            words.RemoveAt(0);
        }

        if (words.Count is < 2 or > 3)
        {
            throw new FormatException("write it as [DAYS] HH:MM LENGTH [ZONE], such as 'Thu 23:00 1h30m Europe/Berlin'");
        }

        var length = ParseLength(words[1]);
        var period = TimeSpan.FromDays(days.Count > 0 ? 7 : 1);
        if (length <= TimeSpan.Zero || length >= period)
        {
            throw new FormatException($"the length '{words[1]}' must be above 0 and below {period.TotalHours:0}h");
        }

        return new LockWindow(string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), days, ParseStart(words[0]), length, words.Count == 3 ? ParseZone(words[2]) : local);
    }

    /// <summary>True while it is open.</summary>
    public bool IsOpen(DateTimeOffset now) => Openings(now, daysBefore: (int)Math.Ceiling(Length.TotalDays) + 1, daysAfter: 1).Any(at => at <= now && now < at + Length);

    /// <summary>When it opens next, after a moment.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset now) => Openings(now, daysBefore: 1, daysAfter: 9).Where(at => at > now).Min();

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    private IEnumerable<DateTimeOffset> Openings(DateTimeOffset now, int daysBefore, int daysAfter)
    {
        var today = TimeZoneInfo.ConvertTime(now, _zone).Date;
        for (var i = -daysBefore; i <= daysAfter; i++)
        {
            var day = today.AddDays(i);
            if (Days.Count > 0 && !Days.Contains(day.DayOfWeek))
            {
                continue;
            }

            var at = DateTime.SpecifyKind(day + Start, DateTimeKind.Unspecified);
            while (_zone.IsInvalidTime(at))
            {
                at = at.AddMinutes(1);
            }

            if (_zone.IsAmbiguousTime(at))
            {
                foreach (var offset in _zone.GetAmbiguousTimeOffsets(at))
                {
                    yield return new DateTimeOffset(at, offset).ToUniversalTime();
                }
            }
            else
            {
                yield return new DateTimeOffset(at, _zone.GetUtcOffset(at)).ToUniversalTime();
            }
        }
    }

    private static List<DayOfWeek> ParseDays(string text)
    {
        var days = new List<DayOfWeek>();
        foreach (var name in text.Split(','))
        {
            var index = Array.FindIndex(DayNames, d => name.Equals(d, StringComparison.OrdinalIgnoreCase));
            days.Add(index >= 0 ? (DayOfWeek)index : throw new FormatException($"invalid day of week \"{name}\": Sun, Mon, Tue, Wed, Thu, Fri, Sat"));
        }

        return [.. days.Distinct()];
    }

    private static TimeSpan ParseStart(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && TryNumber(parts[0], out var hour) && TryNumber(parts[1], out var minute)
            ? hour > 23 ? throw new FormatException($"invalid time of day \"{text}\": hour must be >= 0 and <= 23")
            : minute > 59 ? throw new FormatException($"invalid time of day \"{text}\": minute must be >= 0 and <= 59")
            : new TimeSpan(hour, minute, 0)
            : throw new FormatException($"invalid time of day \"{text}\"");
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 2;

    /// <summary>Go's notation in hours, minutes and seconds: <c>1h30m</c>, <c>90m</c>.</summary>
    private static TimeSpan ParseLength(string text)
    {
        var total = TimeSpan.Zero;
        var digits = "";
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits += c;
                continue;
            }

            if (digits.Length is 0 or > 6)
            {
                throw new FormatException($"'{text}' is no length such as 1h30m");
            }

            var number = int.Parse(digits, CultureInfo.InvariantCulture);
            digits = "";
            total += c switch
            {
                'h' => TimeSpan.FromHours(number),
                'm' => TimeSpan.FromMinutes(number),
                's' => TimeSpan.FromSeconds(number),
                _ => throw new FormatException($"'{text}' is no length such as 1h30m"),
            };
        }

        return digits.Length == 0 ? total : throw new FormatException($"'{text}' has a number without a unit (h, m, s)");
    }

    private static TimeZoneInfo ParseZone(string name)
    {
        try
        {
            return name.Equals("localtime", StringComparison.Ordinal) ? TimeZoneInfo.Local : TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception fault) when (fault is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            throw new FormatException($"there is no time zone '{name}' on this machine (package tzdata)");
        }
    }
}
