using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

internal sealed partial class Brake
{
    /// <summary>What must be remembered, to be written before a granted turn is used.</summary>
    public BrakeState Snapshot()
    {
        lock (_lock)
        {
            return _failures.AddTo(new BrakeState { Turns = [.. _turns.Values.OrderBy(t => t.Hostname, StringComparer.Ordinal)] });
        }
    }

    /// <summary>Images that stopped rolling.</summary>
    public IReadOnlyList<HaltRecord> Halts()
    {
        lock (_lock)
        {
            return _failures.Halts;
        }
    }

    /// <summary>
    /// Lets an image roll again and forgets its failures, once <paramref name="save"/> has made that durable; false when it had not stopped.
    /// </summary>
    /// <exception cref="IOException">It could not be made durable, and the image stays stopped.</exception>
    public async Task<bool> ClearHaltAsync(string image, Func<Task> save)
    {
        (HaltRecord, IReadOnlyList<FailureRecord>)? clearing;
        lock (_lock)
        {
            clearing = _failures.BeginClear(image);
        }

        if (clearing is not { } cleared)
        {
            return false;
        }

        var isDurable = false;
        try
        {
            await save();
            isDurable = true;
        }
        finally
        {
            lock (_lock)
            {
                _failures.EndClear(cleared, isDurable);
            }
        }

        return true;
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
