using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Configuration;

/// <summary>All sections of the configuration; a role's section stands in its <see cref="RoleDeclaration"/>.</summary>
internal static class DomSchema
{
    /// <summary>The sections in the order of the reference.</summary>
    public static IReadOnlyList<OptionSection> Sections { get; } =
        [TlsOptions.Section, ClientOptions.Section, .. RoleDeclaration.All.SelectMany(r => r.MoreSections.Prepend(r.Section))];
}
