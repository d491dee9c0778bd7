using System.Net.Sockets;
using System.Text;
using Dom.Core.Systemd;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Systemd;

public sealed class ServiceNotifierTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void Systemd_is_told_on_a_path_or_an_abstract_name(bool isAbstract)
    {
        using var directory = new TempDirectory();
        var address = isAbstract ? $"@dom-test-{Guid.NewGuid():N}" : directory.Combine("notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + address[1..] : address));
        using var notifier = new ServiceNotifier(address);

        notifier.Ready("sub at 127.0.0.1:1\nMAINPID=1");
        notifier.Stopping();

        Assert.That(Receive(systemd), Is.EqualTo("READY=1\nSTATUS=sub at 127.0.0.1:1 MAINPID=1"));
        Assert.That(Receive(systemd), Is.EqualTo("STOPPING=1"));
    }

    [Test]
    public void Without_systemd_nothing_happens()
    {
        using var notifier = new ServiceNotifier(null);

        Assert.That(() => notifier.Ready("x"), Throws.Nothing);
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
