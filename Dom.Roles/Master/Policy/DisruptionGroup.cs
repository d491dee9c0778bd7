using System.Globalization;
using Dom.Core.Machines;

namespace Dom.Roles.Master.Policy;

/// <summary>Machines of which only some may be disrupted at once, by the tags of the machine list.</summary>
/// <param name="Name">The group; empty for the one of all machines.</param>
/// <param name="Most">How many at once.</param>
internal readonly record struct DisruptionGroup(string Name, int Most)
{
    /// <summary>The group of a machine; null for one whose tags name none, and which may be disrupted at any time.</summary>
    public static DisruptionGroup? Of(Machine machine)
    {
        var hasGroup = machine.Tags.TryGetValue(MachineTags.DisruptionGroup, out var name);
        var hasMost = machine.Tags.TryGetValue(MachineTags.DisruptionMaximum, out var most);
        if (!hasGroup && !hasMost)
        {
            return null;
        }

        // A number that cannot be read is the careful one.
        return new DisruptionGroup(
            hasGroup ? name ?? "" : Brake.DirectoryName(machine.RequiredImage),
            int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 1);
    }
}
