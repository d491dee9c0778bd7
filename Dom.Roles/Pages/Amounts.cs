using System.Globalization;

namespace Dom.Roles.Pages;

/// <summary>Numbers as people read them, the same in tables of the command line and on pages. Independent of the locale.</summary>
public static class Amounts
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A whole number with commas between thousands: <c>200,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number and the right form of its noun: <c>1 file</c>, <c>2,000 files</c>.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>Bytes in binary units with three digits: <c>512 B</c>, <c>1.50 KiB</c>, <c>31.2 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 999.5 && unit < ByteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        var format = unit == 0 || Math.Abs(value) >= 99.95 ? "0" : Math.Abs(value) >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + ByteUnits[unit];
    }

    /// <summary>A length of time with its two largest units: <c>12 ms</c>, <c>1.9 s</c>, <c>3 min 20 s</c>, <c>2 d 4 h</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            return "-" + Duration(duration.Negate());
        }

        return duration switch
        {
            { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
            { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{duration.Days} d {duration.Hours} h"),
        };
    }

    /// <summary>How long ago something was: <c>1.9 s ago</c>, or <c>never</c>.</summary>
    public static string Ago(TimeSpan? age) => age is { } known ? Duration(known) + " ago" : "never";

    /// <summary>A moment in UTC, to the second: <c>2026-11-20 13:28:04Z</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
