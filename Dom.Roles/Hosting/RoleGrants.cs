using System.Collections.Immutable;
using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Contracts.ObjectServer;

namespace Dom.Roles.Hosting;

/// <summary>The methods that the certificate of each role needs for its calls to other roles. <c>dom cert issue --role</c> takes them from here.</summary>
/// <remarks>Methods marked named-only, such as handing a sub a single file, are in none of them: a pattern never grants those.</remarks>
public static class RoleGrants
{
    private static readonly Dictionary<string, ImmutableArray<string>> Grants = new(StringComparer.Ordinal)
    {
        // Directs subs, reads image names, and reads computed content to hand it on. It adds and deletes nothing on image servers.
        ["master"] =
        [
            "Subd.*",
            ImageServerMethods.GetImage.FullName,
            ImageServerMethods.ListImages.FullName,
            ImageServerMethods.FindLatestImage.FullName,
            ImageServerMethods.CheckImage.FullName,
            ObjectServerMethods.GetObjects.FullName,
            MdbServerMethods.GetMdbUpdates.FullName,
            FileGeneratorMethods.Generate.FullName,
        ],

        // Reads blocks and objects by digest; it cannot list or name images beyond what every certificate may.
        ["sub"] = [ObjectServerMethods.GetObjects.FullName],

        // These call nobody.
        ["imageserver"] = [],
        ["mdb-sync"] = [],
        ["lock-manager"] = [],
        [FileGeneratorMethods.Role] = [],
    };

    /// <summary>The roles with a certificate of their own.</summary>
    public static IReadOnlyCollection<string> Roles => Grants.Keys;

    /// <summary>The methods of a role; null for an unknown one.</summary>
    public static ImmutableArray<string>? For(string role) => Grants.TryGetValue(role, out var methods) ? methods : null;
}
