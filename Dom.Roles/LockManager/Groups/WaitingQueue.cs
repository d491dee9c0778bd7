using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;

namespace Dom.Roles.LockManager.Groups;

/// <summary>Who asked a group for a slot and has none, the first one first. A free slot is kept for the first, as long as it goes on asking; then for the next. Callers hold the group's turn.</summary>
internal sealed class WaitingQueue(TimeSpan keep, TimeProvider clock)
{
    private const int MaxPlaces = 10_000;

    private readonly List<QueuePlace> _places = [];

    /// <summary>How many wait.</summary>
    public int Count => _places.Count;

    /// <summary>The places that somebody waits for on a connection, in their order.</summary>
    public IReadOnlyList<QueuePlace> Connected => [.. _places.Where(static p => p.Calls.Count > 0)];

    /// <summary>Gives a place, or keeps the one there is; says how many others with a place before it hold no slot in a state.</summary>
    public int Enter(LockAsk ask, GroupState state, DateTimeOffset now, long timestamp)
    {
        RemoveSilent(timestamp);
        var place = Find(ask.Id);
        if (place is null)
        {
            if (_places.Count >= MaxPlaces)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"{MaxPlaces} wait already", LockErrorCode.TooMany);
            }

            place = new QueuePlace(ask, now);
            _places.Add(place);
        }

        if (place.Ask.User != ask.User)
        {
            throw new RpcException(RpcStatus.Conflict, $"'{ask.Id}' waits already, for {place.Ask.User}", LockErrorCode.HeldByOther);
        }

        (place.Ask, place.LastAsked, place.LastSeen) = (ask, now, timestamp);
        return Before(place, state);
    }

    /// <summary>How many before a place hold no slot in a state.</summary>
    public int Before(QueuePlace place, GroupState state) => _places.TakeWhile(p => p != place).Count(p => state.Find(p.Ask.Id) is null);

    /// <summary>The place of a name; null when it has none.</summary>
    public QueuePlace? Find(string id) => _places.Find(p => p.Ask.Id == id);

    /// <summary>Gives a place up; only its owner can, or anybody with null.</summary>
    public void Leave(string id, string? user) => _places.RemoveAll(p => p.Ask.Id == id && (user is null || p.Ask.User == user));

    /// <summary>Removes those who hold a slot by now.</summary>
    public IReadOnlyList<QueuePlace> TakeHolders(GroupState state)
    {
        if (_places.Count == 0)
        {
            return [];
        }

        var served = _places.Where(p => state.Find(p.Ask.Id) is not null).ToList();
        served.ForEach(p => _places.Remove(p));
        return served;
    }

    /// <summary>Removes those who have not asked for too long.</summary>
    public void RemoveSilent(long timestamp) => _places.RemoveAll(p => p.Calls.Count == 0 && clock.GetElapsedTime(p.LastSeen, timestamp) > keep);

    /// <summary>The queue for people.</summary>
    public IReadOnlyList<LockWaiterInfo> Describe() =>
    [
        .. _places.Select(static (p, i) => new LockWaiterInfo
        {
            Id = p.Ask.Id,
            Place = i + 1,
            Since = p.Since,
            LastAsked = p.Calls.Count > 0 ? null : p.LastAsked,
            User = p.Ask.User,
            Reason = p.Ask.Reason,
        }),
    ];
}
