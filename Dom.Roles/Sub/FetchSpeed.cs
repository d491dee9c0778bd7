using Dom.Core.Contracts.Subd;
using Dom.Core.Images;

namespace Dom.Roles.Sub;

/// <summary>The speed of one fetch: what the grant says, else the share of the network. What is set meanwhile (<c>dom sub set-config</c>, <c>dom ctl configure-subs</c>) acts at once.</summary>
internal sealed class FetchSpeed : IDisposable
{
    private readonly NetworkShare _network;
    private readonly FetchRequest _grant;

    /// <summary>Follows the share of the network until it is disposed.</summary>
    public FetchSpeed(NetworkShare network, FetchRequest grant)
    {
        (_network, _grant) = (network, grant);
        network.Changed += Follow;
        Follow();
    }

    /// <summary>The limit that the streams of the fetch share.</summary>
    public DownloadLimit Limit { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _network.Changed -= Follow;

    private void Follow() => Limit.BytesPerSecond = _grant.BytesPerSecond > 0 ? _grant.BytesPerSecond : _network.BytesPerSecond(_grant.Servers);
}
