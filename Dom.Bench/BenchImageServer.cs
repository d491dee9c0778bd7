using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>An image server with certificates below one directory, which can be started again on what it stored.</summary>
internal sealed class BenchImageServer
{
    private readonly string _directory;
    private readonly string _pki;

    public BenchImageServer(string directory)
    {
        _directory = directory;
        _pki = Directory.CreateDirectory(Path.Combine(directory, "pki")).FullName;
        using var authority = CertificateAuthority.Create("bench", TimeSpan.FromDays(1), TimeProvider.System);
        File.WriteAllText(Path.Combine(_pki, "CA.pem"), authority.CertificatePem);
        Issue(authority, "server", new CertificateOrder { Name = "imageserver", Roles = ["imageserver"], Lifetime = TimeSpan.FromHours(8) });
        Issue(authority, "user", new CertificateOrder { Name = "bench", Methods = ["*.*"], Lifetime = TimeSpan.FromHours(8) });
    }

    public async Task<ImageServerRole> StartAsync()
    {
        var role = new ImageServerRole(
            new ImageServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                StateDirectory = Path.Combine(_directory, "state"),
                ScrubMebibytesPerSecond = 0,
                Tls = new TlsOptions
                {
                    CaFile = Path.Combine(_pki, "CA.pem"),
                    CertificateFile = Path.Combine(_pki, "server.pem"),
                    KeyFile = Path.Combine(_pki, "server.key"),
                },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await role.StartAsync(CancellationToken.None);
        return role;
    }

    public RpcClient Connect(ImageServerRole role)
    {
        var credentials = RpcCredentials.FromFiles(
            Path.Combine(_pki, "CA.pem"), identityCa: null, Path.Combine(_pki, "user.pem"), Path.Combine(_pki, "user.key"), revocation: null, TimeProvider.System);
        return new RpcClient(new RpcEndpoint { Host = "127.0.0.1", Port = role.Address.Port, Role = "imageserver" }, credentials);
    }

    private void Issue(CertificateAuthority authority, string name, CertificateOrder order)
    {
        var issued = authority.Issue(order);
        File.WriteAllText(Path.Combine(_pki, $"{name}.pem"), issued.CertificatePem);
        File.WriteAllText(Path.Combine(_pki, $"{name}.key"), issued.KeyPem);
    }
}
