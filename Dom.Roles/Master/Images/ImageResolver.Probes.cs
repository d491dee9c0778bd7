using Dom.Core.Rpc;

namespace Dom.Roles.Master.Images;

internal sealed partial class ImageResolver
{
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);

    /// <summary>Asks servers that failed before, which stand behind one that works, so that they return to their place in the order.</summary>
    private async Task ProbeAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var server in _servers.TakeForgotten(ProbeAfter))
        {
            try
            {
                await TryAsync(server, name, cancellationToken);
                LogServerBack(_logger, server);
            }
            catch (RpcException fault)
            {
                // The server list has noted how it went.
                LogProbed(_logger, server, fault.Message);
            }
        }
    }
}
