using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Roles.LockManager;
using Dom.Roles.Master;
using Dom.Roles.MdbSync;
using Dom.Roles.Sub;
using Microsoft.Extensions.Logging;

namespace Dom.Cli.Configuration;

/// <summary>A role this program can run: its name, its section of the configuration, how it is made.</summary>
internal sealed record RoleDeclaration(
    string Name, OptionSection Section, Func<LoadedConfiguration, ILoggerFactory, TimeProvider, IRole> Create)
{
    /// <summary>Further sections of the role.</summary>
    public IReadOnlyList<OptionSection> MoreSections { get; init; } = [];

    /// <summary>Every role, servers before those that call them: the order in which <c>dom run</c> starts them.</summary>
    public static IReadOnlyList<RoleDeclaration> All { get; } =
    [
        new("imageserver", ImageServerOptions.Section, (configuration, logging, time) => new ImageServerRole(configuration.Get(ImageServerOptions.Section), logging, time)),
        new("mdb-sync", MdbSyncOptions.Section, (configuration, logging, time) => new MdbSyncRole(configuration.Get(MdbSyncOptions.Section), logging, time)),
        new("lock-manager", LockManagerOptions.Section, (configuration, logging, time) => new LockManagerRole(LockManagerOptions.Read(configuration), logging, time)) { MoreSections = [LockGroupOptions.Section] },
        new("sub", SubOptions.Section, (configuration, logging, time) => new SubRole(configuration.Get(SubOptions.Section), logging, time)),
        new("master", MasterOptions.Section, (configuration, logging, time) => new MasterRole(configuration.Get(MasterOptions.Section), logging, time)),
    ];
}
