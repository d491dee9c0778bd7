using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Completes the machines of a source as upstream does: tags that stand for fields, the location prefix, which source they came from.</summary>
internal static class MachineStamp
{
    private const string RequiredImage = "RequiredImage";
    private const string PlannedImage = "PlannedImage";
    private const string DisableUpdates = "DisableUpdates";
    private const string OwnerGroup = "OwnerGroup";

    /// <summary>The list with complete machines.</summary>
    public static MachineList Apply(SourceDefinition definition, MachineList list)
    {
        var hasFields = definition.Format is SourceDriver.Json or SourceDriver.Directory;
        var prefix = hasFields && definition.Driver != SourceDriver.Command && definition.Arguments.Count > 0 ? definition.Arguments[0].Trim('/') : "";
        return new MachineList(list.Machines.Select(machine => Apply(definition, hasFields ? TagsToFields(machine) : machine, prefix)));
    }

    private static Machine Apply(SourceDefinition definition, Machine machine, string prefix) => machine with
    {
        DataSourceType = definition.Driver.ToString().ToLowerInvariant(),
        DataSourceIdentifier = definition.IsNamed ? definition.Name : machine.DataSourceIdentifier,
        Location = prefix.Length == 0 ? machine.Location : machine.Location.Length == 0 ? prefix : $"{prefix}/{machine.Location.TrimStart('/')}",
    };

    private static Machine TagsToFields(Machine machine) => machine.Tags.Count == 0 ? machine : machine with
    {
        RequiredImage = machine.Tags.GetValueOrDefault(RequiredImage, machine.RequiredImage),
        PlannedImage = machine.Tags.GetValueOrDefault(PlannedImage, machine.PlannedImage),
        DisableUpdates = machine.DisableUpdates || machine.HasTag(DisableUpdates),
        OwnerGroup = machine.Tags.GetValueOrDefault(OwnerGroup, machine.OwnerGroup),
    };
}
