using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Dom.Core.Machines;

/// <summary>A complete machine list: valid, without duplicates, in host name order. Never changes.</summary>
public sealed class MachineList
{
    private readonly FrozenDictionary<string, Machine> _byName;

    /// <summary>Takes machines with valid, different names, in any order.</summary>
    public MachineList(IEnumerable<Machine> machines)
    {
        Machines = [.. machines.OrderBy(m => m.Hostname, HostNameOrder.Instance)];
        _byName = Machines.ToFrozenDictionary(m => m.Hostname, StringComparer.Ordinal);
    }

    /// <summary>A list without machines.</summary>
    public static MachineList Empty { get; } = new([]);

    /// <summary>The machines in host name order.</summary>
    public ImmutableArray<Machine> Machines { get; }

    /// <summary>How many there are.</summary>
    public int Count => Machines.Length;

    /// <summary>The machine of that name, or null.</summary>
    public Machine? Find(string hostname) => _byName.GetValueOrDefault(hostname);
}
