using Dom.Core.Rpc;

namespace Dom.Tests.Roles.Master;

/// <summary>A way to a sub that fails before anything is sent.</summary>
internal sealed class BrokenChannel(Func<RpcException> fault, TimeProvider clock) : RpcChannel(clock)
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override Task<RpcReply> SendAsync(RpcMethod method, RpcRequestBody body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        throw fault();
    }
}
