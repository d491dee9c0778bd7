using System.Globalization;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>Lengths of time in systemd's notation: <c>1h30min</c>, <c>500ms</c>; a bare number is seconds.</summary>
public static class DurationText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("min", TimeSpan.FromMinutes(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Reads a length of time.</summary>
    /// <exception cref="FormatException">The text is none, or longer than 100 years.</exception>
    public static TimeSpan Parse(string text)
    {
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            throw new FormatException();
        }

        var total = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('.', '9');
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                throw new FormatException();
            }

            rest = digits < 0 ? [] : rest[digits..].TrimStart();
            var letters = rest.IndexOfAnyExceptInRange('a', 'z');
            var unit = (letters < 0 ? rest : rest[..letters]).ToString();
            rest = letters < 0 ? [] : rest[letters..].TrimStart();
            total += value * LengthOf(unit).TotalMilliseconds;
        }

        return total <= TimeSpan.FromDays(36500).TotalMilliseconds ? TimeSpan.FromMilliseconds(total) : throw new FormatException();
    }

    /// <summary>Shows a length of time in the same notation.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = "";
        foreach (var (unit, length) in Units)
        {
            var count = value.Ticks / length.Ticks;
            if (count > 0 && unit != "m")
            {
                text += count.ToString(CultureInfo.InvariantCulture) + unit;
                value -= count * length;
            }
        }

        return text;
    }

    private static TimeSpan LengthOf(string unit)
    {
        if (unit.Length == 0)
        {
            return TimeSpan.FromSeconds(1);
        }

        foreach (var (name, length) in Units)
        {
            if (name == unit)
            {
                return length;
            }
        }

        throw new FormatException($"'{unit}' is not a unit of time");
    }
}
