using System.Net;
using System.Net.Sockets;

namespace Dom.Tests.Support;

/// <summary>Passes TCP connections on to a server and cuts all of them once so many bytes went one way, as a failing network does.</summary>
public sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<(Socket Client, Socket Server)> _pairs = [];
    private readonly List<Socket> _ended = [];
    private readonly Task _accepting;
    private long _toServer;
    private long _toClient;

    /// <summary>Starts to listen.</summary>
    public CutProxy(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>All connections are cut once when this many bytes went to the server.</summary>
    public long CutToServerAfter { get; set; } = long.MaxValue;

    /// <summary>All connections are cut once when this many bytes went to the client.</summary>
    public long CutToClientAfter { get; set; } = long.MaxValue;

    /// <summary>Bytes passed to the server.</summary>
    public long ToServer => Interlocked.Read(ref _toServer);

    /// <summary>Bytes passed to clients.</summary>
    public long ToClient => Interlocked.Read(ref _toClient);

    /// <summary>How often connections were cut.</summary>
    public int Cuts { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _ended.ForEach(static s => s.Dispose());
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(_server, _stop.Token);
                lock (_lock)
                {
                    _pairs.Add((client, server));
                }

                _ = PassAsync(client, server, toServer: true);
                _ = PassAsync(server, client, toServer: false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy was disposed.
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool toServer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var read and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
                if (IsTimeToCut(toServer, read))
                {
                    CutAll();
                    await DrainAsync(from, buffer);
                    return;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone; the other one learns it from its own socket.
            await DrainAsync(from, buffer);
        }
    }

    /// <summary>Closing a socket with unread bytes would take from the server what it has not read yet.</summary>
    private async Task DrainAsync(Socket socket, byte[] buffer)
    {
        try
        {
            while (await socket.ReceiveAsync(buffer, _stop.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // This side is gone as well.
        }
    }

    private bool IsTimeToCut(bool toServer, int bytes)
    {
        lock (_lock)
        {
            _toServer += toServer ? bytes : 0;
            _toClient += toServer ? 0 : bytes;
            if (_toServer < CutToServerAfter && _toClient < CutToClientAfter)
            {
                return false;
            }

            CutToServerAfter = long.MaxValue;
            CutToClientAfter = long.MaxValue;
            Cuts++;
            return true;
        }
    }

    private void CutAll()
    {
        lock (_lock)
        {
            foreach (var (client, server) in _pairs)
            {
                // An end, not a reset: a reset takes from the reader what arrived and was not read yet.
                End(client);
                End(server);
            }

            _pairs.Clear();
        }
    }

    private void End(Socket socket)
    {
        _ended.Add(socket);
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side closed it first.
        }
    }
}
