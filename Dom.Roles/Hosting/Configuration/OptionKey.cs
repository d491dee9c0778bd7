namespace Dom.Roles.Hosting.Configuration;

/// <summary>What people see of a key: its name, what it means, what it takes, what it is when nobody sets it.</summary>
/// <param name="Name">The name in a file, such as <c>ScanSpeedPercent</c>.</param>
/// <param name="Expected">What a value must be.</param>
/// <param name="DefaultText">The default as one would write it; empty for none.</param>
/// <param name="Description">One sentence for the reference.</param>
/// <param name="IsList">May be given several times: each line adds one value, an empty value removes those before it.</param>
/// <param name="FallbackSection">The section whose key of the same name counts when this one is not set, or null.</param>
public sealed record OptionKey(string Name, string Expected, string DefaultText, string Description, bool IsList, string? FallbackSection);
