using Dom.Core.Images.Packages;

namespace Dom.Cli.Output;

/// <summary>A package in which two images differ.</summary>
internal sealed record PackageEntry(string Name, string? Old, string? New)
{
    /// <summary>The entry of a change.</summary>
    public static PackageEntry Of(PackageChange change) => new(change.Name, change.Old, change.New);

    /// <summary>One line for people.</summary>
    public string ToLine() => (Old, New) switch
    {
        (null, _) => $"package + {Name} {New}",
        (_, null) => $"package - {Name} {Old}",
        _ => $"package ~ {Name} {Old} -> {New}",
    };
}
