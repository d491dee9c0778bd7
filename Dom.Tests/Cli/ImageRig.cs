using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Cli;

/// <summary>An image server, a user with a certificate, and <c>dom image</c> run by that user.</summary>
internal sealed class ImageRig : IDisposable
{
    private readonly TestPki _pki;
    private readonly RpcCredentialFiles _alice;

    public ImageRig()
    {
        _pki = new TestPki(Files.Combine("pki"));
        _alice = _pki.IssueFiles(new CertificateOrder { Name = "alice", Methods = ["ImageServer.*", "ObjectServer.*"] });
    }

    /// <summary>Where everything is; the server's state is in <c>state</c>.</summary>
    public TempDirectory Files { get; } = new("dom-cli-");

    public void Dispose()
    {
        _pki.Dispose();
        Files.Dispose();
    }

    /// <summary>Runs <c>dom image</c> as alice.</summary>
    public Task<ToolResult> RunAsync(ImageServerRole server, params string[] arguments) => DomProgram.RunAsync(Arguments(server, arguments));

    /// <summary>Runs <c>dom image</c> as alice, with bytes for its standard input.</summary>
    public Task<ToolResult> RunAsync(ImageServerRole server, byte[] input, params string[] arguments) =>
        Tool.RunAsync(DomProgram.Command[0], [.. DomProgram.Command.Skip(1), .. Arguments(server, arguments)], input);

    /// <summary>Starts the server.</summary>
    public async Task<ImageServerRole> StartAsync(CancellationToken token)
    {
        var files = _pki.IssueFiles(new CertificateOrder { Name = "imageserver", Roles = ["imageserver"] });
        var role = new ImageServerRole(
            new ImageServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                StateDirectory = Files.Combine("state"),
                Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await role.StartAsync(token);
        return role;
    }

    private string[] Arguments(ImageServerRole server, string[] arguments) =>
    [
        "image", .. arguments, "--imageserver", $"127.0.0.1:{server.Address.Port}", "--ca", _alice.Ca, "--cert", _alice.Certificate, "--key", _alice.Key,
    ];
}
