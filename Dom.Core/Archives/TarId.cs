namespace Dom.Core.Archives;

/// <summary>User and group ids as Linux has them.</summary>
internal static class TarId
{
    /// <summary>Returns an id that a file can have, or throws <see cref="FormatException"/>.</summary>
    internal static uint Require(long value, string name) => value is >= 0 and < uint.MaxValue
        ? (uint)value
        : throw new FormatException($"its {name} {value} is none that Linux knows");
}
