using Dom.Core.Locks;
using Dom.Core.Machines;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager;

/// <summary>How many machines each group has, by the machine list. A list that cannot be read leaves the numbers of the last good one.</summary>
internal sealed class GroupMachines(string? path, TimeProvider clock, ILogger log)
{
    private readonly MachineListFile? _file = path is null ? null : new MachineListFile(path, maxShrinkPercent: 50, MachineListLimits.Default, clock);
    private volatile IReadOnlyDictionary<string, int>? _counts;

    /// <summary>Why the list in force is not that of the file; empty when it is.</summary>
    public string Error => _file?.Error ?? "";

    /// <summary>Machines of a group; null when there is no list.</summary>
    public int? CountOf(string group) => _counts is { } counts ? counts.GetValueOrDefault(group) : null;

    /// <summary>The group of a machine; null when the list does not have it.</summary>
    public string? GroupOf(string hostname) => _file?.List.Find(hostname) is { } machine ? GroupOf(machine) : null;

    /// <summary>Reads the list when it changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_file is null || !await _file.RefreshAsync(cancellationToken))
        {
            return;
        }

        if (_file.Error.Length > 0)
        {
            log.MachinesUnread(_file.Error);
        }

        if (_file.List.Count > 0)
        {
            _counts = _file.List.Machines
                .GroupBy(GroupOf, StringComparer.Ordinal)
                .ToDictionary(static g => g.Key, static g => g.Count(), StringComparer.Ordinal);
        }
    }

    private static string GroupOf(Machine machine) => machine.Tags.GetValueOrDefault(MachineTags.DisruptionGroup) is { Length: > 0 } group ? group : LockName.DefaultGroup;
}
