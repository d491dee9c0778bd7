using Dom.Core.Machines;

namespace Dom.Roles.MdbSync;

/// <summary>The fields of a machine that are set, for people.</summary>
public static class MachineFacts
{
    /// <summary>Names and values; fields that are empty are left out.</summary>
    public static IEnumerable<(string Name, string Value)> Of(Machine machine)
    {
        return All().Where(static f => f.Value.Length > 0);

        IEnumerable<(string Name, string Value)> All()
        {
            yield return ("Address", machine.IpAddress);
            yield return ("Location", machine.Location);
            yield return ("Required image", machine.RequiredImage);
            yield return ("Planned image", machine.PlannedImage);
            yield return ("Updates", machine.DisableUpdates ? "disabled" : "");
            yield return ("Owner groups", string.Join(", ", machine.OwnerGroups.Append(machine.OwnerGroup).Where(static g => g.Length > 0).Distinct(StringComparer.Ordinal)));
            yield return ("Owner users", string.Join(", ", machine.OwnerUsers));
            yield return ("Tags", string.Join(", ", machine.Tags.OrderBy(static t => t.Key, StringComparer.Ordinal).Select(static t => $"{t.Key}={t.Value}")));
            yield return ("Source", string.Join(" ", new[] { machine.DataSourceType, machine.DataSourceIdentifier }.Where(static s => s.Length > 0)));
            yield return ("Instance", machine.AwsMetadata?.InstanceId ?? "");
        }
    }
}
