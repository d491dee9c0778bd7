namespace Dom.Cli.Output;

/// <summary>A key of the configuration as <c>dom config show --json</c> prints it.</summary>
internal sealed record ConfigEntry(
    string Section, string Key, IReadOnlyList<string> Values, string Origin, string Expected, string Default, string Description);
