using System.Globalization;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>Since when: a moment, such as <c>2026-05-01T12:00Z</c>, or how long before now, such as <c>2h</c>.</summary>
public static class SinceText
{
    /// <summary>Reads it; at most one of the two has a value, and none for an empty text. Moments without a zone are in UTC.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static (DateTimeOffset? Since, TimeSpan? Last) Read(string text)
    {
        if (text.Length == 0)
        {
            return (null, null);
        }

        try
        {
            return (null, DurationText.Parse(text));
        }
        catch (FormatException)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                ? (moment, null)
                : throw new FormatException($"'{text}' is neither a length of time nor a moment; write 30min, 2d or 2026-05-01T12:00Z");
        }
    }
}
