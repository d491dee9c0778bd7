using System.Collections.Immutable;

namespace Dom.Core.Machines;

/// <summary>What turns one machine list into another.</summary>
/// <param name="Changed">Machines that are new or differ, in host name order.</param>
/// <param name="Removed">Names of machines that are gone, in host name order.</param>
public sealed record MachineListChanges(ImmutableArray<Machine> Changed, ImmutableArray<string> Removed)
{
    /// <summary>True when both lists say the same.</summary>
    public bool IsEmpty => Changed.IsEmpty && Removed.IsEmpty;

    /// <summary>Compares two lists.</summary>
    public static MachineListChanges Between(MachineList older, MachineList newer)
    {
        if (ReferenceEquals(older, newer))
        {
            return new MachineListChanges([], []);
        }

        var changed = ImmutableArray.CreateBuilder<Machine>();
        foreach (var machine in newer.Machines)
        {
            if (!machine.Equals(older.Find(machine.Hostname)))
            {
                changed.Add(machine);
            }
        }

        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var machine in older.Machines)
        {
            if (newer.Find(machine.Hostname) is null)
            {
                removed.Add(machine.Hostname);
            }
        }

        return new MachineListChanges(changed.DrainToImmutable(), removed.DrainToImmutable());
    }
}
