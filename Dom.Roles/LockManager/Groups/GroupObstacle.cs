namespace Dom.Roles.LockManager.Groups;

/// <summary>Why nothing is granted in a group, free slots or not.</summary>
/// <param name="Kind">One of <see cref="Core.Contracts.LockManager.LockErrorCode"/>.</param>
/// <param name="Message">For people.</param>
internal sealed record GroupObstacle(string Kind, string Message);
