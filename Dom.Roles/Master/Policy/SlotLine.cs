using System.Runtime.InteropServices;

namespace Dom.Roles.Master.Policy;

/// <summary>
/// A number of slots and the line of those who wait for one, the more urgent first. Who is called keeps a slot reserved until it takes it or leaves.
/// Not safe for several threads: the policy that owns it locks.
/// </summary>
internal sealed class SlotLine
{
    private readonly HashSet<string> _holders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _called = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<string>> _waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<string>[] _lines;

    /// <param name="urgencies">How many degrees of urgency there are; 0 is the most urgent.</param>
    /// <param name="capacity">Slots.</param>
    public SlotLine(int urgencies, int capacity)
    {
        _lines = new LinkedList<string>[urgencies];
        foreach (ref var line in _lines.AsSpan())
        {
            line = new LinkedList<string>();
        }

        Capacity = capacity;
    }

    /// <summary>How many may hold a slot. Lowering it takes nobody's slot away.</summary>
    public int Capacity { get; set; }

    /// <summary>How many hold a slot.</summary>
    public int Holding => _holders.Count;

    /// <summary>How many wait, including those called.</summary>
    public int Waiting => _waiting.Count + _called.Count;

    /// <summary>Gives a slot whatever the capacity, as when it was held before a restart.</summary>
    public void Force(string name)
    {
        Leave(name);
        _holders.Add(name);
    }

    /// <summary>Takes a slot if one is free and nobody waits longer with the same urgency; otherwise stands in line. True for a holder.</summary>
    public bool TryTake(string name, int urgency)
    {
        if (_holders.Contains(name))
        {
            return true;
        }

        if (_called.Remove(name) || (IsFree && !AnyWaiting(urgency, name)))
        {
            RemoveFromLine(name);
            _holders.Add(name);
            return true;
        }

        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_waiting, name, out var known);
        if (!known || place?.List != _lines[urgency])
        {
            place?.List?.Remove(place);
            place = _lines[urgency].AddLast(name);
        }

        return false;
    }

    /// <summary>Gives up a slot, a reservation or a place in line; true if a slot was held.</summary>
    public bool Leave(string name)
    {
        _called.Remove(name);
        RemoveFromLine(name);
        return _holders.Remove(name);
    }

    /// <summary>Reserves free slots for the next in line and adds their names to <paramref name="called"/>.</summary>
    public void Call(List<string> called)
    {
        foreach (var line in _lines)
        {
            while (IsFree && line.First is { } first)
            {
                RemoveFromLine(first.Value);
                _called.Add(first.Value);
                called.Add(first.Value);
            }
        }
    }

    private bool IsFree => _holders.Count + _called.Count < Capacity;

    private bool AnyWaiting(int urgency, string except)
    {
        for (var i = 0; i <= urgency; i++)
        {
            if (_lines[i].First is { } first && first.Value != except)
            {
                return true;
            }
        }

        return false;
    }

    private void RemoveFromLine(string name)
    {
        if (_waiting.Remove(name, out var place))
        {
            place.List?.Remove(place);
        }
    }
}
