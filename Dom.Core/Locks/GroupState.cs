using System.Collections.Immutable;

namespace Dom.Core.Locks;

/// <summary>
/// The counting semaphore of one group and what is known of its holders. Every change gives a new value; none of them can make more holders than
/// <see cref="Max"/> by granting, and none but unlocking takes a holder away (invariants I1 to I8 of the lock specification).
/// </summary>
public sealed record GroupState
{
    private readonly ImmutableArray<LockHolder> _holders = [];

    /// <summary>The limit as somebody wrote it: <c>3</c>, or <c>30%</c> of the group's machines.</summary>
    public required string Limit { get; init; }

    /// <summary>The limit in force. 0 and less: closed.</summary>
    public required int Max { get; init; }

    /// <summary>The limit of the configuration when it was last taken from there; empty when it never was.</summary>
    public string Configured { get; init; } = "";

    /// <summary>The holders in <see cref="HolderOrder"/>, each once.</summary>
    public ImmutableArray<LockHolder> Holders
    {
        get => _holders;
        init => _holders = Sorted(value);
    }

    /// <summary>Grants so far; the last one has this number.</summary>
    public long Grants { get; init; }

    /// <summary>When something was granted last, by the clock of the server that did.</summary>
    public DateTimeOffset? LastGrantAt { get; init; }

    /// <summary>Set while nothing is granted.</summary>
    public LockFreeze? Freeze { get; init; }

    /// <summary>Fields of the stored document that this program does not know, as JSON; they are kept.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Foreign { get; init; } = [];

    /// <summary>Free slots: computed, never stored as a truth of its own. Below 0 after the limit was lowered under the holders.</summary>
    public int Available => Max - Holders.Length;

    /// <summary>A group nobody holds.</summary>
    public static GroupState Fresh(int max) => new() { Limit = max.ToString(System.Globalization.CultureInfo.InvariantCulture), Max = max };

    /// <summary>The holder of this name, or null.</summary>
    public LockHolder? Find(string id) => IndexOf(id) is >= 0 and var index ? Holders[index] : null;

    /// <summary>Takes a slot. Asking again under the same name changes nothing and is no error, also when the group is full, frozen or over its limit.</summary>
    /// <param name="asker">Who asks; the number of the grant is set here.</param>
    /// <param name="next">The state afterwards; the same instance unless a slot was granted.</param>
    public LockOutcome TryLock(LockHolder asker, out GroupState next)
    {
        next = this;
        if (IndexOf(asker.Id) is var index && index >= 0)
        {
            return LockOutcome.AlreadyHeld;
        }

        if (Available <= 0)
        {
            return LockOutcome.Full;
        }

        var holder = asker with { Grant = Grants + 1 };
        next = this with { Holders = Holders.Insert(~index, holder), Grants = holder.Grant, LastGrantAt = holder.Since };
        return LockOutcome.Granted;
    }

    /// <summary>Gives a slot back. Who holds none gets the same instance: that is no error.</summary>
    public GroupState Unlock(string id) => IndexOf(id) is >= 0 and var index ? this with { Holders = Holders.RemoveAt(index) } : this;

    /// <summary>Sets the limit. Fewer slots than holders evict nobody; nothing is granted until enough of them have left.</summary>
    public GroupState WithLimit(string limit, int max) => limit == Limit && max == Max ? this : this with { Limit = limit, Max = max };

    private int IndexOf(string id)
    {
        var (low, high) = (0, Holders.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = HolderOrder.Instance.Compare(Holders[middle].Id, id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Whoever wrote the document: sorted, and of two entries of one name the first.</summary>
    private static ImmutableArray<LockHolder> Sorted(ImmutableArray<LockHolder> holders)
    {
        for (var i = 1; i < holders.Length; i++)
        {
            if (HolderOrder.Instance.Compare(holders[i - 1].Id, holders[i].Id) >= 0)
            {
                return [.. holders.DistinctBy(static h => h.Id, StringComparer.Ordinal).OrderBy(static h => h.Id, HolderOrder.Instance)];
            }
        }

        return holders;
    }
}
