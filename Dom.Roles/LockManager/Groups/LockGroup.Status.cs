using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;

namespace Dom.Roles.LockManager.Groups;

internal sealed partial class LockGroup
{
    /// <summary>The state for people.</summary>
    public LockGroupStatus Describe()
    {
        var state = State;
        var now = _clock.GetUtcNow();
        var obstacle = FindObstacle(state, now, _clock.GetTimestamp(), _turns.LastGrant);
        IReadOnlyList<LockWaiterInfo> waiting;
        lock (_lock)
        {
            _queue.RemoveSilent(_clock.GetTimestamp());
            waiting = _queue.Describe();
        }

        return new LockGroupStatus
        {
            Group = Name,
            Available = state.Available,
            Max = state.Max,
            Limit = state.Limit,
            Machines = _machines(),
            Holders = [.. state.Holders.Select(Describe)],
            Waiting = waiting,
            Obstacle = _turns.Error.Length > 0 ? _turns.Error : obstacle?.Message ?? "",
            ObstacleKind = _turns.Error.Length > 0 ? LockErrorCode.StoreUnavailable : obstacle?.Kind ?? "",
            FrozenBy = state.Freeze?.User ?? "",
            FreezeReason = state.Freeze?.Reason ?? "",
            FrozenUntil = state.Freeze?.Until,
            Windows = [.. _options.Window.Select(static w => w.ToString())],
            NextWindow = _options.Window.Count == 0 || _options.Window.Any(w => w.IsOpen(now)) ? null : _options.Window.Min(w => w.NextOpening(now)),
            Grants = state.Grants,
            LastGrantAt = state.LastGrantAt,
            StoreError = _turns.Error,
            ReadAt = _turns.ReadAt,
        };
    }

    private LockHolderInfo Describe(LockHolder holder) => new()
    {
        Id = holder.Id,
        Grant = holder.Grant,
        Since = holder.Since,
        User = holder.User,
        Reason = holder.Reason,
        Address = holder.Address,
        Expected = holder.Expected,
        Overdue = _deadlines.IsOverdue(holder),
    };
}
