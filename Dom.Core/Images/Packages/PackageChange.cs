namespace Dom.Core.Images.Packages;

/// <summary>A package in which two lists differ.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Old">The version of the first list; null when it is not there.</param>
/// <param name="New">The version of the second list; null when it is not there.</param>
public readonly record struct PackageChange(string Name, string? Old, string? New)
{
    /// <summary>Compares two lists; in the order of names.</summary>
    public static IReadOnlyList<PackageChange> Between(IEnumerable<InstalledPackage> old, IEnumerable<InstalledPackage> @new)
    {
        var changes = new SortedDictionary<string, PackageChange>(StringComparer.Ordinal);
        foreach (var package in old)
        {
            changes[package.Name] = new PackageChange(package.Name, package.Version, null);
        }

        foreach (var package in @new)
        {
            changes[package.Name] = changes.TryGetValue(package.Name, out var change)
                ? change with { New = package.Version }
                : new PackageChange(package.Name, null, package.Version);
        }

        return [.. changes.Values.Where(static c => c.Old != c.New)];
    }
}
