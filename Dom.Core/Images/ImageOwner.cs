using System.Globalization;

namespace Dom.Core.Images;

/// <summary>Owner and group that all inodes of an image get, for machines whose sub is not root.</summary>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Group id.</param>
public readonly record struct ImageOwner(uint Uid, uint Gid)
{
    /// <summary>Reads <c>UID:GID</c>, both as numbers.</summary>
    public static bool TryParse(string text, out ImageOwner owner)
    {
        owner = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !uint.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
            || !uint.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var gid))
        {
            return false;
        }

        owner = new ImageOwner(uid, gid);
        return true;
    }

    /// <summary><c>UID:GID</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Uid}:{Gid}");
}
