using System.Runtime.InteropServices;

namespace Dom.Core.Machines;

/// <summary>Makes one machine list of many: entries of one host name become one machine, and what a later source says counts.</summary>
/// <remarks>
/// The precedence is upstream's: each field that is not empty replaces that of the sources before. A required image brings its
/// <see cref="Machine.DisableUpdates"/> with it, also when that is false; without one, a source can only disable updates. Tags, owner groups and
/// owner users are replaced as a whole. Where sources differ, the fields that name the source are empty.
/// </remarks>
public static class MachineMerge
{
    /// <summary>Merges lists in the order of precedence, the weakest first.</summary>
    /// <param name="sources">The lists.</param>
    /// <param name="previous">An earlier result: machines that did not change are taken from it, so that they need not be compared again.</param>
    public static MachineList Merge(IReadOnlyList<MachineList> sources, MachineList previous)
    {
        if (sources.Count == 1)
        {
            return Keep(sources[0].Machines, previous);
        }

        var merged = new Dictionary<string, Machine>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var machine in source.Machines)
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(merged, machine.Hostname, out var exists);
                entry = exists && entry is not null ? Overlay(entry, machine) : machine;
            }
        }

        return Keep(merged.Values, previous);
    }

    /// <summary>A machine with the fields that a later source sets.</summary>
    public static Machine Overlay(Machine machine, Machine later) => machine with
    {
        DataSourceIdentifier = machine.DataSourceIdentifier == later.DataSourceIdentifier ? machine.DataSourceIdentifier : "",
        DataSourceType = machine.DataSourceType == later.DataSourceType ? machine.DataSourceType : "",
        IpAddress = Later(machine.IpAddress, later.IpAddress),
        Location = Later(machine.Location, later.Location),
        RequiredImage = Later(machine.RequiredImage, later.RequiredImage),
        DisableUpdates = later.DisableUpdates || (later.RequiredImage.Length == 0 && machine.DisableUpdates),
        PlannedImage = Later(machine.PlannedImage, later.PlannedImage),
        OwnerGroup = Later(machine.OwnerGroup, later.OwnerGroup),
        OwnerGroups = later.OwnerGroups.Count > 0 ? later.OwnerGroups : machine.OwnerGroups,
        OwnerUsers = later.OwnerUsers.Count > 0 ? later.OwnerUsers : machine.OwnerUsers,
        Tags = later.Tags.Count > 0 ? later.Tags : machine.Tags,
        AwsMetadata = later.AwsMetadata ?? machine.AwsMetadata,
    };

    private static string Later(string earlier, string later) => later.Length > 0 ? later : earlier;

    private static MachineList Keep(IReadOnlyCollection<Machine> machines, MachineList previous)
    {
        var same = machines.Count == previous.Count;
        var kept = new List<Machine>(machines.Count);
        foreach (var machine in machines)
        {
            var known = previous.Find(machine.Hostname);
            var isSame = machine.Equals(known);
            same &= isSame;
            kept.Add(isSame && known is not null ? known : machine);
        }

        return same ? previous : new MachineList(kept);
    }
}
