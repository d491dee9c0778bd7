using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Quickstart;

/// <summary>A throwaway authority and the certificates of three roles and one user, each with no more rights than it needs.</summary>
internal sealed class QuickstartCertificates
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly string _directory;
    private readonly TimeProvider _time;

    private QuickstartCertificates(string directory, TimeProvider time)
    {
        _directory = directory;
        _time = time;
    }

    private string CaFile => Path.Combine(_directory, "CA.pem");

    private string CaKeyFile => Path.Combine(_directory, "CA.key.pem");

    /// <summary>The certificate of the user of this quickstart.</summary>
    public TlsOptions User => For("user");

    /// <summary>Takes the certificates of an earlier run or makes what is missing.</summary>
    /// <param name="directory">Where they are kept.</param>
    /// <param name="host">The host name of the machine in the machine list.</param>
    /// <param name="time">The clock.</param>
    public static QuickstartCertificates Prepare(string directory, string host, TimeProvider time)
    {
        var certificates = new QuickstartCertificates(directory, time);
        using var authority = certificates.Authority();
        certificates.Issue(authority, new CertificateOrder { Name = "imageserver", Roles = ["imageserver"], Hosts = ["127.0.0.1", "localhost"] });
        certificates.Issue(authority, new CertificateOrder
        {
            Name = "master",
            Roles = ["master"],
            Hosts = ["127.0.0.1", "localhost"],
            Methods = RoleGrants.For("master") ?? [],
        });
        certificates.Issue(authority, new CertificateOrder
        {
            Name = "sub",
            Roles = ["sub"],
            Hosts = [host, "127.0.0.1"],
            Methods = RoleGrants.For("sub") ?? [],
        });
        certificates.Issue(authority, new CertificateOrder { Name = "user", Methods = ["Dominator.*", "ImageServer.*", "ObjectServer.*", "Subd.GetPlan"] });
        return certificates;
    }

    /// <summary>The files of one role, or of <c>user</c>.</summary>
    public TlsOptions For(string name) => new()
    {
        CaFile = CaFile,
        CertificateFile = Path.Combine(_directory, name, "cert.pem"),
        KeyFile = Path.Combine(_directory, name, "key.pem"),
    };

    /// <summary>Reads the user's certificate.</summary>
    public RpcCredentials UserCredentials() => User.ReadCredentials(_time);

    private CertificateAuthority Authority()
    {
        if (File.Exists(CaFile) && File.Exists(CaKeyFile))
        {
            return CertificateAuthority.FromPem(File.ReadAllText(CaFile), File.ReadAllText(CaKeyFile), _time);
        }

        var authority = CertificateAuthority.Create("dom quickstart", Lifetime, _time);
        Write(CaKeyFile, authority.KeyPem);
        Write(CaFile, authority.CertificatePem);
        return authority;
    }

    private void Issue(CertificateAuthority authority, CertificateOrder order)
    {
        var files = For(order.Name);
        if (File.Exists(files.CertificateFile) && File.Exists(files.KeyFile))
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(_directory, order.Name));
        var issued = authority.Issue(order with { Lifetime = Lifetime });
        Write(files.KeyFile, issued.KeyPem);
        Write(files.CertificateFile, issued.CertificatePem);
    }

    /// <summary>Appears whole or not at all, so that a run that was killed leaves nothing broken for the next.</summary>
    private static void Write(string path, string content)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var unfinished = path + ".new";
        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.Write(content);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
