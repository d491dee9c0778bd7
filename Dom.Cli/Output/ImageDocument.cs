using Dom.Core.Trees.Triggers;

namespace Dom.Cli.Output;

/// <summary>What <c>dom image show --json</c> prints.</summary>
internal sealed record ImageDocument(
    ImageEntry Image,
    string Root,
    string Mode,
    long Directories,
    long Files,
    IReadOnlyList<string> Filter,
    IReadOnlyList<Trigger> Triggers,
    string HealthCommand,
    string Source,
    string Notes,
    long BuildLogBytes,
    DateTimeOffset? ExpiresOn,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<TreeEntry>? Entries);
