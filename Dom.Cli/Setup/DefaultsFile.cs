using System.Text.RegularExpressions;

namespace Dom.Cli.Setup;

/// <summary>A file of shell assignments such as <c>/etc/default/dominator</c>. It is read, never run: what only a shell could tell is refused.</summary>
internal sealed partial record DefaultsFile
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>The user the master runs as; empty for the package's.</summary>
    public string UserName { get; private init; } = "";

    /// <summary>The image server of the master; empty when the configuration says it.</summary>
    public string ImageServerHostname { get; private init; } = "";

    /// <summary>Reads the file; one that is not there sets nothing. Variables that nobody here knows are left to others.</summary>
    /// <exception cref="CommandException">A value cannot be used; file and line are named.</exception>
    public static DefaultsFile Read(string path)
    {
        if (!File.Exists(path))
        {
            return new DefaultsFile();
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw Fault(path, 1, $"the file is larger than {MaxBytes} bytes");
        }

        var defaults = new DefaultsFile();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (Assignment().Match(line) is { Success: true } match)
            {
                defaults = defaults.With(match.Groups["name"].Value, match.Groups["value"].Value, path, number);
            }
        }

        return defaults;
    }

    private DefaultsFile With(string name, string written, string path, int line) => name switch
    {
        "USERNAME" => this with { UserName = Text(written, UserNames(), "a user's name", name, path, line) },
        "IMAGE_SERVER_HOSTNAME" => this with { ImageServerHostname = Text(written, HostNames(), "a host name or address, with or without a port", name, path, line) },
        _ => this,
    };

    private static string Text(string written, Regex form, string expected, string name, string path, int line)
    {
        var value = Plain().Match(written) is { Success: true } match ? match.Groups["text"].Value : throw Fault(path, line, $"{name}={written} is not plain text; write {name}=VALUE");
        return value.Length == 0 || form.IsMatch(value) ? value : throw Fault(path, line, $"{name}={value} is not {expected}");
    }

    private static CommandException Fault(string path, int line, string what) =>
        new(ExitCode.Usage, "BadDefaults", $"{path}:{line}: {what}", "correct the file and run `dom setup` again");

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>.*)$")]
    private static partial Regex Assignment();

    // Bare, in single or in double quotes, then nothing but a comment.
    [GeneratedRegex("""^(?:'(?<text>[^']*)'|"(?<text>[^"$`\\]*)"|(?<text>[^\s'"$`\\;&|<>()#]*))\s*(?:(?<=\s)#.*)?$""")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[a-z_][a-z0-9_-]{0,31}\z")]
    private static partial Regex UserNames();

    [GeneratedRegex(@"^[A-Za-z0-9.:\[\]_-]{1,261}\z")]
    private static partial Regex HostNames();
}
