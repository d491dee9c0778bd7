using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub;

/// <summary>Notes that were set aside because they could not be read: they lie there for a person to look at.</summary>
internal static class DamagedNotes
{
    /// <summary>What their names end with.</summary>
    public static ReadOnlySpan<byte> Suffix => ".damaged"u8;

    /// <summary>The names of those that lie in the private directory.</summary>
    public static IReadOnlyList<string> List(DirectoryHandle directory) =>
        [.. directory.ListNames().Where(static name => name.AsSpan().EndsWith(Suffix)).Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)];
}
