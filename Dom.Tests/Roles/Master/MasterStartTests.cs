using System.Net;
using System.Net.Sockets;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master;

[CancelAfter(30_000)]
public sealed class MasterStartTests
{
    [Test]
    public async Task A_master_that_does_not_get_its_port_directs_nobody(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        using var pki = new TestPki(directory.Combine("pki"));
        var files = pki.IssueFiles(new CertificateOrder { Name = "master", Roles = ["master"], Hosts = ["localhost"] });
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var state = directory.Combine("state");
        await using var role = new MasterRole(
            new MasterOptions
            {
                Listen = (IPEndPoint)taken.LocalEndpoint,
                StateDirectory = state,
                MachineList = directory.Combine("mdb"),
                ImageServer = [new HostAndPort("images", 6971)],
                Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        var fault = Assert.ThrowsAsync<IOException>(() => role.StartAsync(cancellationToken));
        Assert.That(fault?.Message, Is.EqualTo($"master cannot listen on {taken.LocalEndpoint}: another process listens there already; choose another address with Listen="));
        Assert.That(File.Exists(Path.Combine(state, "master.json")), Is.False, "it has not even taken its name towards subs");
    }
}
