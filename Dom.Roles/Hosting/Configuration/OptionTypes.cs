using System.Globalization;
using System.Net;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>The kinds of values that keys have. A role adds a kind of its own as another <see cref="OptionType{T}"/>.</summary>
public static class OptionTypes
{
    /// <summary>Any text that is not empty.</summary>
    public static OptionType<string> Text { get; } = new("some text", s => s.Length > 0 ? s : throw new FormatException(), s => s);

    /// <summary>An absolute path; <c>~/</c> stands for the home directory.</summary>
    public static OptionType<string> Path { get; } = new("an absolute path", ParsePath, s => s);

    /// <summary>An absolute path, or nothing.</summary>
    public static OptionType<string?> OptionalPath { get; } =
        new("an absolute path, or nothing", s => s.Length == 0 ? null : ParsePath(s), s => s ?? "");

    /// <summary>yes or no, in systemd's spellings.</summary>
    public static OptionType<bool> Boolean { get; } = new("yes or no", ParseBoolean, b => b ? "yes" : "no");

    /// <summary>A percentage, with or without the sign.</summary>
    public static OptionType<double> Percent { get; } = new("a percentage above 0, up to 100", ParsePercent,
        d => d.ToString(CultureInfo.InvariantCulture) + "%");

    /// <summary>A length of time such as <c>500ms</c>, <c>30s</c>, <c>5min</c>, <c>2h</c>, <c>1d</c>; a bare number is seconds.</summary>
    public static OptionType<TimeSpan> Duration { get; } = new("a length of time such as 500ms, 30s, 5min, 2h or 1d",
        DurationText.Parse, DurationText.Format);

    /// <summary>A whole number within bounds.</summary>
    public static OptionType<int> Number(int min, int max) => new($"a whole number from {min} to {max}",
        s => int.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= min && n <= max
            ? n
            : throw new FormatException(),
        n => n.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number of things, or a share of all of them such as <c>5%</c>.</summary>
    public static OptionType<CountOrPercent> CountOrPercent { get; } = new("a number, or a percentage such as 5%",
        Configuration.CountOrPercent.Parse, v => v.ToString());

    /// <summary>An address to listen on: <c>127.0.0.2:6969</c>, <c>[::]:6969</c>, or a port or an address alone.</summary>
    public static OptionType<IPEndPoint> Listen(int defaultPort) => new("an IP address and port such as 127.0.0.1:" + defaultPort,
        s => ParseListen(s, defaultPort), e => e.ToString());

    /// <summary>A server: <c>host</c>, <c>host:port</c>, <c>address:port</c> or <c>[address]:port</c>.</summary>
    public static OptionType<HostAndPort> Server(int defaultPort) => new("a host name or address, with or without a port",
        s => HostAndPort.Parse(s, defaultPort), h => h.ToString());

    /// <summary>A server, or nothing.</summary>
    public static OptionType<HostAndPort?> OptionalServer(int defaultPort) => new("a host name or address, with or without a port, or nothing",
        s => s.Length == 0 ? null : HostAndPort.Parse(s, defaultPort), h => h?.ToString() ?? "");

    /// <summary>One of the names of an enumeration; case is ignored.</summary>
    public static OptionType<T> OneOf<T>()
        where T : struct, Enum => new("one of " + string.Join(", ", Enum.GetNames<T>()),
            s => Enum.GetNames<T>().Contains(s, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(s, ignoreCase: true) : throw new FormatException(),
            v => v.ToString());

    private static string ParsePath(string text)
    {
        if (text.StartsWith("~/", StringComparison.Ordinal))
        {
            var home = Environment.GetEnvironmentVariable("HOME");
            text = string.IsNullOrEmpty(home) ? throw new FormatException("HOME is not set") : System.IO.Path.Combine(home, text[2..]);
        }

        return text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal)
            ? System.IO.Path.TrimEndingDirectorySeparator(text)
            : throw new FormatException();
    }

    private static bool ParseBoolean(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" or "1" => true,
        "no" or "false" or "off" or "0" => false,
        _ => throw new FormatException(),
    };

    private static double ParsePercent(string text) =>
        double.TryParse(text.AsSpan().TrimEnd('%').TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value is > 0 and <= 100
            ? value
            : throw new FormatException();

    private static IPEndPoint ParseListen(string text, int defaultPort)
    {
        if (ushort.TryParse(text.AsSpan().TrimStart('*').TrimStart(':'), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return new IPEndPoint(IPAddress.Any, port);
        }

        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            throw new FormatException();
        }

        // "127.0.0.1:0" asks for any free port; "127.0.0.1" and "::1" for the default one.
        return endPoint.Port == 0 && !text.EndsWith(":0", StringComparison.Ordinal) ? new IPEndPoint(endPoint.Address, defaultPort) : endPoint;
    }
}
