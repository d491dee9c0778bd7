using Dom.Core.Contracts.ImageServer;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer.Garbage;

/// <summary>The method that collects garbage.</summary>
internal sealed class GarbageService(GarbageCollector collector, ImageServerOptions options)
{
    /// <summary>Maps the method.</summary>
    public void MapTo(RpcRouter router) => router.Map(ImageServerMethods.CollectGarbage, CollectAsync);

    private async ValueTask<CollectGarbageResponse> CollectAsync(CollectGarbageRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var age = request.Age ?? options.GarbageAge;
        if (age < TimeSpan.Zero)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "the age of garbage cannot be negative");
        }

        call.SetAudit(request.DryRun ? "dry run" : "");
        return await collector.RunAsync(age, request.DryRun, cancellationToken);
    }
}
