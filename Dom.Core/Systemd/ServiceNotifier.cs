using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dom.Core.Systemd;

/// <summary>Tells systemd how a service of <c>Type=notify</c> is: ready, stopping, and what it is doing. Silent elsewhere.</summary>
public sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;

    /// <summary>Uses the socket systemd names in <c>NOTIFY_SOCKET</c>: a path, or an abstract name that begins with @.</summary>
    /// <param name="socket">The value of that variable; null or empty for a program that systemd did not start.</param>
    public ServiceNotifier(string? socket)
    {
        if (!string.IsNullOrEmpty(socket))
        {
            _address = new UnixDomainSocketEndPoint(socket[0] == '@' ? "\0" + socket[1..] : socket);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        }
    }

    /// <summary>True when systemd runs this process as a service, and will start it again. Its variables also reach what a service starts, so they are compared.</summary>
    public static bool IsUnderServiceManager =>
        Environment.GetEnvironmentVariable("SYSTEMD_EXEC_PID") is { Length: > 0 } process
            ? process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            : Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 };

    /// <summary>The service answers.</summary>
    /// <param name="status">One line for <c>systemctl status</c>.</param>
    /// <exception cref="SocketException">systemd's socket is gone.</exception>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>The service has been asked to end and is doing so.</summary>
    /// <exception cref="SocketException">systemd's socket is gone.</exception>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>A sign of life for systemd's watchdog (<c>WatchdogSec=</c>).</summary>
    /// <exception cref="SocketException">systemd's socket is gone.</exception>
    public void Alive() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        if (_socket is not null && _address is not null)
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _address);
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
