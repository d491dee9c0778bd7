using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Chooses machines by name, status, location, tags and whether there is a newer image.</summary>
internal sealed class MachineQuery
{
    private readonly HashSet<string> _names;
    private readonly HashSet<MachineStatus> _statuses;
    private readonly SubQuery _query;

    private MachineQuery(SubQuery query, HashSet<string> names, HashSet<MachineStatus> statuses)
    {
        _query = query;
        _names = names;
        _statuses = statuses;
    }

    /// <summary>Reads a query.</summary>
    /// <exception cref="RpcException">It names a status that does not exist.</exception>
    public static MachineQuery Of(SubQuery query)
    {
        var statuses = new HashSet<MachineStatus>();
        foreach (var word in query.Statuses)
        {
            statuses.Add(MachineStatuses.TryParse(word, out var status)
                ? status
                : throw new RpcException(
                    RpcStatus.InvalidArgument, $"there is no status '{word}'; there are: {string.Join(", ", MachineStatuses.All.Select(s => s.Word()))}"));
        }

        return new MachineQuery(query, new HashSet<string>(query.Hostnames, StringComparer.Ordinal), statuses);
    }

    /// <summary>The machines chosen, in host name order.</summary>
    public IEnumerable<ManagedMachine> Choose(Fleet fleet) => fleet.Machines.Where(Matches);

    /// <summary>True when the machine is chosen.</summary>
    public bool Matches(ManagedMachine machine)
    {
        var entry = machine.Entry;
        return (_names.Count == 0 || _names.Contains(entry.Hostname))
            && (_statuses.Count == 0 || _statuses.Contains(machine.Status))
            && (_query.Locations.Count == 0 || _query.Locations.Any(l => IsAt(entry, l)))
            && _query.Tags.All(t => entry.Tags.TryGetValue(t.Key, out var value) && value == t.Value)
            && (!_query.Outdated || machine.NewerImage.Length > 0);
    }

    /// <summary>True when the location is the prefix or lies below it; <c>SJC/rack1</c> does not hold <c>SJC/rack10</c>.</summary>
    private static bool IsAt(Machine entry, string prefix)
    {
        prefix = prefix.TrimEnd('/');
        return prefix.Length == 0
            || (entry.Location.StartsWith(prefix, StringComparison.Ordinal) && (entry.Location.Length == prefix.Length || entry.Location[prefix.Length] == '/'));
    }
}
