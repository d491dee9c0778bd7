namespace Dom.Roles.Hosting.Configuration;

/// <summary>Where configuration is read from. Later sources win: file, its <c>.d</c> directory, environment, flags.</summary>
public sealed record ConfigurationSources
{
    /// <summary>The file that is read when none is named, if it exists.</summary>
    public const string DefaultFile = "/etc/dom/dom.conf";

    /// <summary>The file named by <c>--config</c>, which must exist; null for <see cref="DefaultFile"/>.</summary>
    public string? File { get; init; }

    /// <summary>Environment variables; those like <c>DOM_Sub__Listen</c> count.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Values of <c>--set</c>, such as <c>Sub.Listen=127.0.0.2:6969</c>.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    /// <summary>Values that options of their own stand for, such as <c>--master</c>; the strongest.</summary>
    public IReadOnlyList<Assignment> Flags { get; init; } = [];

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
