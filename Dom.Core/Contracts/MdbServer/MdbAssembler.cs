using Dom.Core.Machines;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Puts the parts of <c>MdbServer.GetMdbUpdates</c> together. Checks them: a list is only given out when it is whole and valid.</summary>
public sealed class MdbAssembler(MachineListLimits limits)
{
    private Dictionary<string, Machine> _machines = new(StringComparer.Ordinal);
    private bool _begun;
    private bool _changed;

    /// <summary>Takes one part. The whole list when the part completes one that differs from the last; otherwise null.</summary>
    /// <exception cref="MachineListException">The parts make no valid list; the stream is of no further use.</exception>
    public MachineList? Add(MdbUpdate part)
    {
        if (part.Full)
        {
            _machines = new Dictionary<string, Machine>(StringComparer.Ordinal);
            _begun = true;
            _changed = true;
        }
        else if (!_begun)
        {
            throw new MachineListException("the stream does not begin with a whole list");
        }

        foreach (var name in part.Removed)
        {
            _changed |= _machines.Remove(name);
        }

        foreach (var machine in part.Machines)
        {
            if (HostName.FindFault(machine.Hostname) is { } wrong)
            {
                throw new MachineListException(wrong);
            }

            _machines[machine.Hostname] = machine;
            _changed = true;
        }

        if (_machines.Count > limits.MaxMachines)
        {
            throw new MachineListException($"the list has more than {limits.MaxMachines} machines");
        }

        if (!part.Complete || !_changed)
        {
            return null;
        }

        _changed = false;
        return new MachineList(_machines.Values);
    }
}
