using System.Collections.Immutable;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;

namespace Dom.Tests.Support;

/// <summary>A throwaway fleet authority and an identity authority with files in a directory, and certificates of both.</summary>
public sealed class TestPki : IDisposable
{
    private readonly TimeProvider _time;

    /// <summary>Makes both authorities in <paramref name="directory"/>.</summary>
    public TestPki(string directory, TimeProvider? time = null, string name = "test CA", string? identityName = null)
    {
        Directory = directory;
        _time = time ?? TimeProvider.System;
        System.IO.Directory.CreateDirectory(directory);
        Authority = CertificateAuthority.Create(name, TimeSpan.FromDays(3650), _time);
        IdentityAuthority = CertificateAuthority.Create(identityName ?? "test identity CA", TimeSpan.FromDays(3650), _time);
        File.WriteAllText(CaFile, Authority.CertificatePem);
        File.WriteAllText(IdentityCaFile, IdentityAuthority.CertificatePem);
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>The authority with method power.</summary>
    public CertificateAuthority Authority { get; }

    /// <summary>The authority for identity only.</summary>
    public CertificateAuthority IdentityAuthority { get; }

    /// <summary>The file of <see cref="Authority"/>.</summary>
    public string CaFile => Path.Combine(Directory, "CA.pem");

    /// <summary>The file of <see cref="IdentityAuthority"/>.</summary>
    public string IdentityCaFile => Path.Combine(Directory, "IdentityCA.pem");

    /// <summary>Issues a certificate and returns the files' paths.</summary>
    public RpcCredentialFiles IssueFiles(CertificateOrder order, CertificateAuthority? by = null, string? revocation = null)
    {
        var issued = (by ?? Authority).Issue(order);
        var place = Path.Combine(Directory, Guid.NewGuid().ToString("N"));
        System.IO.Directory.CreateDirectory(place);
        var files = new RpcCredentialFiles
        {
            Ca = CaFile,
            IdentityCa = IdentityCaFile,
            Certificate = Path.Combine(place, "cert.pem"),
            Key = Path.Combine(place, "key.pem"),
            Revocation = revocation,
        };
        File.WriteAllText(files.Certificate, issued.CertificatePem);
        File.WriteAllText(files.Key, issued.KeyPem);
        return files;
    }

    /// <summary>Issues a certificate and reads it as credentials.</summary>
    public RpcCredentials Issue(CertificateOrder order, CertificateAuthority? by = null, string? revocation = null) =>
        RpcCredentials.FromFiles(IssueFiles(order, by, revocation), _time);

    /// <summary>Credentials of a role's server.</summary>
    public RpcCredentials Server(string role, params string[] hosts) =>
        Issue(new CertificateOrder { Name = role, Roles = [role], Hosts = [.. hosts] });

    /// <summary>Credentials of a user with these method patterns.</summary>
    public RpcCredentials User(string name, params string[] methods) =>
        Issue(new CertificateOrder { Name = name, Methods = methods.ToImmutableArray() });

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        IdentityAuthority.Dispose();
    }
}
