using Dom.Core.Rpc;

namespace Dom.Roles.LockManager.Groups;

/// <summary>An operation with an answer; a refusal is an answer too.</summary>
internal sealed class GroupOperation<T>(Func<GroupTurn, T> apply) : IGroupOperation
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RpcException? _refusal;
    private T? _answer;

    /// <summary>The answer, when the state it speaks of is durable.</summary>
    public Task<T> Answer => _done.Task;

    /// <inheritdoc/>
    public void Apply(GroupTurn turn)
    {
        (_refusal, _answer) = (null, default);
        try
        {
            _answer = apply(turn);
        }
        catch (RpcException refusal)
        {
            _refusal = refusal;
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_refusal is not null)
        {
            _done.TrySetException(_refusal);
        }
        else
        {
            _done.TrySetResult(_answer ?? throw new InvalidOperationException("an operation gave no answer"));
        }
    }

    /// <inheritdoc/>
    public void Fail(Exception fault) => _done.TrySetException(fault);
}
