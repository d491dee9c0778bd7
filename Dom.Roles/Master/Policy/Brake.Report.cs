using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

internal sealed partial class Brake
{
    /// <summary>What must be remembered, to be written before a granted turn is used.</summary>
    public BrakeState Snapshot()
    {
        lock (_lock)
        {
            return new BrakeState
            {
                Turns = [.. _turns.Values.OrderBy(t => t.Hostname, StringComparer.Ordinal)],
                Failures = [.. _failures.Values.SelectMany(f => f.Values).Where(f => !_leaving.Contains(f)).OrderBy(f => f.Image, StringComparer.Ordinal).ThenBy(f => f.Hostname, StringComparer.Ordinal)],
                Halts = [.. _halts.Values.Where(h => !_leaving.Contains(h)).OrderBy(h => h.Image, StringComparer.Ordinal)],
            };
        }
    }

    /// <summary>Images that stopped rolling.</summary>
    public IReadOnlyList<HaltRecord> Halts()
    {
        lock (_lock)
        {
            return [.. _halts.Values.OrderBy(h => h.Image, StringComparer.Ordinal)];
        }
    }

    /// <summary>How many machines have their turn and how many wait for one, in each image directory that has machines.</summary>
    public IReadOnlyList<BrakeUse> Use()
    {
        lock (_lock)
        {
            return
            [
                .. _directories.Where(d => d.Value.Machines > 0).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new BrakeUse(
                    d.Key, d.Value.Machines, d.Value.Line.Holding, _limits.UpdatingOf(d.Value.Machines), d.Value.Line.Waiting, d.Value.IsOpen)),
            ];
        }
    }
}
