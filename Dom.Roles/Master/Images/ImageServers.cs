using Dom.Core.Rpc;

namespace Dom.Roles.Master.Images;

/// <summary>The image servers in the order they were configured; those that failed last stand behind the others.</summary>
internal sealed class ImageServers : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Server[] _servers;
    private readonly TimeProvider _clock;

    /// <param name="addresses">Addresses, as machines are told them.</param>
    /// <param name="open">Makes a channel to one of them.</param>
    /// <param name="clock">The clock.</param>
    public ImageServers(IEnumerable<string> addresses, Func<string, RpcChannel> open, TimeProvider clock)
    {
        _servers = [.. addresses.Select(a => new Server(a, open(a)))];
        _clock = clock;
    }

    /// <summary>The addresses in the order to try them now.</summary>
    public IReadOnlyList<string> Order
    {
        get
        {
            lock (_lock)
            {
                return [.. _servers.Where(s => s.Error.Length == 0).Concat(_servers.Where(s => s.Error.Length > 0)).Select(s => s.Address)];
            }
        }
    }

    /// <summary>What is known of each server, in configured order: its address, and why it failed last or nothing.</summary>
    public IReadOnlyList<(string Address, string Error)> Report
    {
        get
        {
            lock (_lock)
            {
                return [.. _servers.Select(s => (s.Address, s.Error))];
            }
        }
    }

    /// <summary>The channel to a server.</summary>
    public RpcChannel Channel(string address) => Find(address).Channel;

    /// <summary>Notes how a call to a server went: an empty error means well.</summary>
    public void Note(string address, string error)
    {
        lock (_lock)
        {
            var server = Find(address);
            server.Error = error;
            server.AskedAt = _clock.GetTimestamp();
        }
    }

    /// <summary>
    /// Servers that failed and have not been asked for some time: the caller asks them again, so that one that works again returns to its place. Each is
    /// given out once in that time.
    /// </summary>
    public IReadOnlyList<string> TakeForgotten(TimeSpan time)
    {
        lock (_lock)
        {
            var forgotten = Array.FindAll(_servers, s => s.Error.Length > 0 && _clock.GetElapsedTime(s.AskedAt) >= time);
            foreach (var server in forgotten)
            {
                server.AskedAt = _clock.GetTimestamp();
            }

            return [.. forgotten.Select(s => s.Address)];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.Channel.DisposeAsync();
        }
    }

    private Server Find(string address) => Array.Find(_servers, s => s.Address == address)
        ?? throw new ArgumentException($"'{address}' is not one of the image servers", nameof(address));

    private sealed class Server(string address, RpcChannel channel)
    {
        public string Address { get; } = address;

        public RpcChannel Channel { get; } = channel;

        public string Error { get; set; } = "";

        public long AskedAt { get; set; }
    }
}
