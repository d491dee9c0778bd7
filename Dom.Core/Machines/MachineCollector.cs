using System.Globalization;

namespace Dom.Core.Machines;

/// <summary>Collects the machines of one file: names are checked, none is taken twice, and their number is limited.</summary>
internal sealed class MachineCollector(MachineListLimits limits)
{
    private readonly List<Machine> _machines = [];
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);

    /// <summary>Takes one machine. One without a host name is called by its address.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="line">The line where it begins, from 1.</param>
    /// <param name="position">The byte in the line, from 1.</param>
    /// <exception cref="MachineListException">The name is no host name, or was there before; or there are too many machines.</exception>
    public void Add(Machine machine, long line, long position = 1)
    {
        if (_machines.Count == limits.MaxMachines)
        {
            throw new MachineListException($"the list has more than {limits.MaxMachines} machines", line, position);
        }

        if (machine.Hostname.Length == 0 && machine.IpAddress.Length > 0)
        {
            machine = machine with { Hostname = machine.IpAddress };
        }

        if (HostName.FindFault(machine.Hostname) is { } wrong)
        {
            throw new MachineListException(wrong, line, position);
        }

        if (FindNull(machine) is { } field)
        {
            throw new MachineListException($"{field} of '{machine.Hostname}' holds null; leave it out or write a text", line, position);
        }

        if (!_lines.TryAdd(machine.Hostname, line))
        {
            throw new MachineListException(
                string.Create(CultureInfo.InvariantCulture, $"the machine '{machine.Hostname}' is in the list twice, first in line {_lines[machine.Hostname]}"),
                line,
                position);
        }

        _machines.Add(machine);
    }

    /// <summary>The machines so far.</summary>
    public MachineList ToList() => new(_machines);

    /// <summary>The field that holds a null inside, which the decoder lets through and nobody else expects.</summary>
    private static string? FindNull(Machine machine) => machine switch
    {
        _ when machine.OwnerGroups.Any(static g => g is null) => nameof(Machine.OwnerGroups),
        _ when machine.OwnerUsers.Any(static u => u is null) => nameof(Machine.OwnerUsers),
        _ when machine.Tags.Any(static t => t.Value is null) => nameof(Machine.Tags),
        _ when machine.AwsMetadata?.Tags.Any(static t => t.Value is null) == true => nameof(Machine.AwsMetadata),
        _ => null,
    };
}
