using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

/// <summary>
/// Limits how many machines of a group carry out plans of high impact (reboots, services that others depend on) at once. Limits come from the machine
/// list, never from machines. Safe for several threads.
/// </summary>
internal sealed class Disruptions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SlotLine> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DisruptionRecord> _permitted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groupOf = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly Action<string> _wake;

    /// <param name="state">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="wake">Called, outside any lock, with the name of a machine that should ask again.</param>
    public Disruptions(IEnumerable<DisruptionRecord> state, TimeProvider clock, Action<string> wake)
    {
        _clock = clock;
        _wake = wake;
        foreach (var record in state)
        {
            Permit(record.Hostname, LineOf(new DisruptionGroup(record.Group, 1)), record);
        }
    }

    /// <summary>True for a machine that may be disrupted.</summary>
    public bool IsPermitted(string host)
    {
        lock (_lock)
        {
            return _permitted.ContainsKey(host);
        }
    }

    /// <summary>Asks for permission; stands in line when the group has no room.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="group">Its group.</param>
    /// <param name="forced">True when a person said so: it is permitted whatever the room, and counts.</param>
    /// <returns>True when it was given now: it must be made durable before it is used.</returns>
    public bool TryEnter(string host, DisruptionGroup group, bool forced)
    {
        var called = new List<string>();
        var isPermitted = false;
        lock (_lock)
        {
            if (_groupOf.TryGetValue(host, out var old) && old != group.Name)
            {
                Leave(host, called);
            }

            var line = LineOf(group);
            line.Capacity = group.Most;
            _groupOf[host] = group.Name;
            if (forced)
            {
                line.Force(host);
            }

            if (line.TryTake(host, 0))
            {
                isPermitted = true;
                Permit(host, line, new DisruptionRecord { Hostname = host, Group = group.Name, Since = _clock.GetUtcNow() });
            }

            line.Call(called);
        }

        Wake(called);
        return isPermitted;
    }

    /// <summary>Gives up a permission or a place in line. True when there was a permission.</summary>
    public bool Leave(string host)
    {
        var called = new List<string>();
        bool was;
        lock (_lock)
        {
            was = Leave(host, called);
        }

        Wake(called);
        return was;
    }

    /// <summary>Forgets machines that are not in the list any more.</summary>
    public void Keep(Func<string, bool> exists)
    {
        List<string> gone;
        lock (_lock)
        {
            gone = [.. _groupOf.Keys.Where(h => !exists(h))];
        }

        gone.ForEach(h => Leave(h));
    }

    /// <summary>What must be remembered.</summary>
    public IReadOnlyList<DisruptionRecord> Snapshot()
    {
        lock (_lock)
        {
            return [.. _permitted.Values.OrderBy(r => r.Hostname, StringComparer.Ordinal)];
        }
    }

    private void Permit(string host, SlotLine line, DisruptionRecord record)
    {
        line.Force(host);
        _groupOf[host] = record.Group;
        _permitted[host] = record;
    }

    private bool Leave(string host, List<string> called)
    {
        if (_groupOf.Remove(host, out var name) && _groups.TryGetValue(name, out var line))
        {
            line.Leave(host);
            line.Call(called);
            if (line is { Holding: 0, Waiting: 0 })
            {
                _groups.Remove(name);
            }
        }

        return _permitted.Remove(host);
    }

    private SlotLine LineOf(DisruptionGroup group)
    {
        if (!_groups.TryGetValue(group.Name, out var line))
        {
            line = new SlotLine(urgencies: 1, group.Most);
            _groups.Add(group.Name, line);
        }

        return line;
    }

    private void Wake(List<string> called)
    {
        foreach (var host in called)
        {
            _wake(host);
        }
    }
}
