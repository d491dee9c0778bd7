using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Reads a source's line, which is upstream's with options before it: <c>[name=N interval=T timeout=T token-file=F ca-file=F] driver place arguments…</c>.</summary>
/// <remarks>Words are separated by blanks; one in double quotes may hold blanks. Upstream's lines have no options, so they can be used as they are.</remarks>
public static class SourceDefinitionParser
{
    private const int MaxName = 100;
    private const int MaxShownLocation = 80;

    private static readonly string[] Options = ["name", "interval", "timeout", "token-file", "ca-file"];
    private static readonly string[] Drivers = ["json", "text", "hostlist", "directory", "command"];

    private static readonly string[] UpstreamOnly =
        ["aws", "aws-filtered", "aws-local", "cis", "ds.host.fqdn", "fleet-manager", "hypervisor", "topology"];

    /// <summary>How a configuration key of this kind is read.</summary>
    public static OptionType<SourceDefinition> Type { get; } =
        new("a source: [name=N interval=T timeout=T token-file=F ca-file=F] json|text|hostlist|directory|command PLACE [ARGUMENT…]", Parse, d => d.Text);

    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">What is wrong with it.</exception>
    public static SourceDefinition Parse(string line)
    {
        var words = SourceWords.Split(line);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = 0;
        for (; next < words.Count && OptionOf(words[next]) is { } option; next++)
        {
            if (!options.TryAdd(option.Name, option.Value))
            {
                throw new FormatException($"{option.Name}= is given twice");
            }
        }

        var driver = next < words.Count ? DriverOf(words[next]) : throw new FormatException("the driver is missing");
        var arguments = words.Skip(next + 1).ToList();
        if (arguments.Count == 0)
        {
            throw new FormatException($"the {words[next]} source has no place; write {UsageOf(driver)}");
        }

        return Build(line, driver, arguments, options);
    }

    private static SourceDefinition Build(string line, SourceDriver driver, List<string> arguments, Dictionary<string, string> options)
    {
        var format = driver;
        if (driver == SourceDriver.Command)
        {
            format = DriverOf(arguments[0]);
            arguments.RemoveAt(0);
            if (format is SourceDriver.Command or SourceDriver.Directory || arguments.Count == 0)
            {
                throw new FormatException($"write {UsageOf(driver)}");
            }
        }

        var place = arguments[0];
        var address = AddressOf(driver, place);
        var most = driver switch { SourceDriver.Text => 0, SourceDriver.Json or SourceDriver.Directory => 1, SourceDriver.Hostlist => 2, _ => int.MaxValue };
        if (arguments.Count - 1 > most)
        {
            throw new FormatException($"'{arguments[most + 1]}' is one word too many; write {UsageOf(driver)}");
        }

        if (address is null && (options.ContainsKey("token-file") || options.ContainsKey("ca-file")))
        {
            throw new FormatException("token-file= and ca-file= are for http(s) addresses");
        }

        if (options.ContainsKey("token-file") && address?.Scheme != Uri.UriSchemeHttps)
        {
            throw new FormatException("a token is sent over https only");
        }

        return new SourceDefinition
        {
            Text = line,
            Name = options.TryGetValue("name", out var name) ? CheckedName(name) : DefaultName(driver, address, place),
            IsNamed = options.ContainsKey("name"),
            Driver = driver,
            Format = format,
            Location = place,
            Arguments = arguments[1..],
            Interval = DurationOf(options, "interval"),
            Timeout = DurationOf(options, "timeout"),
            TokenFile = PathOf(options, "token-file"),
            CaFile = PathOf(options, "ca-file"),
            Address = address,
        };
    }

    private static (string Name, string Value)? OptionOf(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || word.AsSpan(0, equals).ContainsAny('/', ':'))
        {
            return null;
        }

        var name = word[..equals];
        return Options.Contains(name)
            ? (name, word[(equals + 1)..])
            : throw new FormatException($"there is no option '{name}='; {Suggestion.For(name, Options) ?? $"there are {string.Join(", ", Options)}"}");
    }

    private static SourceDriver DriverOf(string word) => word switch
    {
        "json" => SourceDriver.Json,
        "text" => SourceDriver.Text,
        "hostlist" => SourceDriver.Hostlist,
        "directory" => SourceDriver.Directory,
        "command" => SourceDriver.Command,
        _ when UpstreamOnly.Contains(word) => throw new FormatException(
            $"the driver '{word}' is not part of this version; a command that prints the machines as JSON can take its place"),
        _ => throw new FormatException($"there is no driver '{word}'; {Suggestion.For(word, Drivers) ?? $"there are {string.Join(", ", Drivers)}"}"),
    };

    private static string UsageOf(SourceDriver driver) => driver switch
    {
        SourceDriver.Json => "json FILE|URL [LOCATION-PREFIX]",
        SourceDriver.Text => "text FILE|URL",
        SourceDriver.Hostlist => "hostlist FILE|URL [REQUIRED-IMAGE [PLANNED-IMAGE]]",
        SourceDriver.Directory => "directory PATH [LOCATION-PREFIX]",
        _ => "command json|text|hostlist PROGRAM [ARGUMENT…]",
    };

    private static Uri? AddressOf(SourceDriver driver, string place)
    {
        if (driver is SourceDriver.Json or SourceDriver.Text or SourceDriver.Hostlist && place.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(place, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            {
                throw new FormatException($"'{place}' is not an http or https address");
            }

            return address.UserInfo.Length == 0
                ? address
                : throw new FormatException($"the address of {address.Host} holds a password, which every status would show; put a token in a file and name it with token-file=");
        }

        if (place.StartsWith('/') && !place.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        throw new FormatException(driver is SourceDriver.Command or SourceDriver.Directory
            ? $"'{place}' is not an absolute path"
            : $"'{place}' is neither an absolute path nor an http(s) address");
    }

    /// <summary>A query may hold secrets, so it is never part of a name.</summary>
    private static string DefaultName(SourceDriver driver, Uri? address, string place)
    {
        var shown = address?.GetLeftPart(UriPartial.Path) ?? place;
        shown = shown.Length > MaxShownLocation ? "…" + shown[^MaxShownLocation..] : shown;
        return $"{driver.ToString().ToLowerInvariant()}:{shown}";
    }

    private static string CheckedName(string name) =>
        name.Length is > 0 and <= MaxName && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? name
            : throw new FormatException($"name='{name}' must be 1 to {MaxName} letters, digits, '-', '_', '.', '/' and ':'");

    private static TimeSpan? DurationOf(Dictionary<string, string> options, string name)
    {
        if (!options.TryGetValue(name, out var text))
        {
            return null;
        }

        try
        {
            var value = DurationText.Parse(text);
            return value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(1)
                ? value
                : throw new FormatException($"{name}={text} must be between 1s and 1d");
        }
        catch (FormatException fault) when (!fault.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new FormatException($"{name}={text} is not a length of time such as 30s or 5min", fault);
        }
    }

    private static string? PathOf(Dictionary<string, string> options, string name) => !options.TryGetValue(name, out var path)
        ? null
        : path.StartsWith('/') ? path : throw new FormatException($"{name}={path} is not an absolute path");
}
