using System.Globalization;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>A limit given as a number of things, or as a share of all of them.</summary>
public readonly record struct CountOrPercent
{
    private readonly double _value;
    private readonly bool _isPercent;

    private CountOrPercent(double value, bool isPercent)
    {
        _value = value;
        _isPercent = isPercent;
    }

    /// <summary>True for a share of all.</summary>
    public bool IsPercent => _isPercent;

    /// <summary>A fixed number.</summary>
    public static CountOrPercent Count(int count) => new(count, false);

    /// <summary>A share of all.</summary>
    public static CountOrPercent Percent(double percent) => new(percent, true);

    /// <summary>The limit for this many things: the number itself, or the share rounded down, but not less than <paramref name="atLeast"/>.</summary>
    public int Of(int total, int atLeast = 0) => Math.Max(atLeast, _isPercent ? (int)Math.Floor(total * _value / 100) : (int)_value);

    /// <summary>Reads <c>12</c> or <c>5%</c>.</summary>
    /// <exception cref="FormatException">Neither a whole number nor a percentage up to 100.</exception>
    public static CountOrPercent Parse(string text)
    {
        if (text.EndsWith('%'))
        {
            return double.TryParse(text.AsSpan()[..^1].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100
                ? Percent(percent)
                : throw new FormatException();
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Count(count) : throw new FormatException();
    }

    /// <summary>As it is written in a file.</summary>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture) + (_isPercent ? "%" : "");
}
