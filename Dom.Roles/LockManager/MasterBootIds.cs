using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.LockManager;

/// <summary>Asks the master under which boot ids machines run now.</summary>
internal sealed class MasterBootIds(HostAndPort master, RpcCredentials credentials, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly RpcClient _client = new(new RpcEndpoint { Host = master.Host, Port = master.Port, Role = "master" }, credentials, new RpcClientOptions { Retries = 0 }, clock);

    /// <summary>The boot ids of those machines that the master knows and heard lately.</summary>
    /// <exception cref="RpcException">The master does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IReadOnlyList<string> hostnames, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var page in _client.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery { Hostnames = hostnames }, cancellationToken))
        {
            foreach (var sub in page.Subs.Where(s => s.State is { BootId.Length: > 0 } && clock.GetUtcNow() - s.LastAnswer < Fresh))
            {
                found[sub.Hostname] = sub.State?.BootId ?? "";
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
