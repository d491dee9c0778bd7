using Dom.Core.Rpc.Certificates;

namespace Dom.Cli.Commands;

/// <summary>The files of an authority: <c>CA.pem</c>, <c>CA.key</c>, <c>IdentityCA.pem</c>, <c>IdentityCA.key</c>, <c>revoked.pem</c> and <c>NAME/cert.pem</c>, <c>NAME/key.pem</c>.</summary>
/// <remarks>Keys are readable by their owner only. Nothing that exists is overwritten unless the caller says so.</remarks>
internal sealed class CertDirectory(string path, TimeProvider time)
{
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PublicMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode PrivateDirectory = KeyMode | UnixFileMode.UserExecute;

    /// <summary>The directory.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The file with the revocation lists.</summary>
    public string RevocationFile => In("revoked.pem");

    /// <summary>The certificate file of an authority.</summary>
    public string AuthorityFile(bool identity) => In(identity ? "IdentityCA.pem" : "CA.pem");

    /// <summary>The certificate file of a name.</summary>
    public string CertificateFile(string name) => In(SafeName(name), "cert.pem");

    /// <summary>The key file of a name.</summary>
    public string KeyFile(string name) => In(SafeName(name), "key.pem");

    /// <summary>True when the authority was made here.</summary>
    public bool HasAuthority(bool identity) => File.Exists(AuthorityFile(identity)) && File.Exists(AuthorityKeyFile(identity));

    /// <summary>Makes an authority.</summary>
    public CertificateAuthority CreateAuthority(string name, bool identity, TimeSpan lifetime)
    {
        RefuseExisting([AuthorityFile(identity), AuthorityKeyFile(identity)], "an authority is never overwritten; choose another --out");
        var authority = CertificateAuthority.Create(name, lifetime, time);
        WriteNew(AuthorityKeyFile(identity), authority.KeyPem, KeyMode);
        WriteNew(AuthorityFile(identity), authority.CertificatePem, PublicMode);
        return authority;
    }

    /// <summary>Opens an authority made here.</summary>
    public CertificateAuthority OpenAuthority(bool identity)
    {
        foreach (var file in new[] { AuthorityFile(identity), AuthorityKeyFile(identity) })
        {
            if (!File.Exists(file))
            {
                throw new CommandException(
                    ExitCode.NotFound, "NoAuthority", $"'{file}' does not exist", $"`dom cert init-ca{(identity ? " --identity" : "")} --out {path}` makes an authority");
            }
        }

        return CertificateAuthority.FromPem(File.ReadAllText(AuthorityFile(identity)), File.ReadAllText(AuthorityKeyFile(identity)), time);
    }

    /// <summary>Issues a certificate and writes it with its key.</summary>
    public void Issue(CertificateAuthority authority, CertificateOrder order, bool replace)
    {
        var (certificate, key) = (CertificateFile(order.Name), KeyFile(order.Name));
        if (!replace)
        {
            RefuseExisting([certificate, key], "--replace issues a new one in its place");
        }

        var issued = authority.Issue(order);
        if (replace)
        {
            // The key first: until the certificate follows, running roles see a pair that does not fit and keep the old one.
            Replace(key, issued.KeyPem, KeyMode);
            Replace(certificate, issued.CertificatePem, PublicMode);
            return;
        }

        WriteNew(key, issued.KeyPem, KeyMode);
        WriteNew(certificate, issued.CertificatePem, PublicMode);
    }

    /// <summary>Writes the revocation lists in place of the old ones; readers see either.</summary>
    public void WriteRevocations(string content) => Replace(RevocationFile, content, PublicMode);

    private string AuthorityKeyFile(bool identity) => In(identity ? "IdentityCA.key" : "CA.key");

    private string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    private static string SafeName(string name) =>
        name.Length is > 0 and <= 64 && name[0] is not ('.' or '-') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@')
            ? name
            : throw new CommandException(
                ExitCode.Usage, "BadName", $"'{name}' cannot be the name of a certificate", "use 1 to 64 letters, digits and . _ - @, not starting with . or -");

    private static void RefuseExisting(IEnumerable<string> files, string hint)
    {
        foreach (var file in files)
        {
            if (File.Exists(file))
            {
                throw new CommandException(ExitCode.Refused, "AlreadyExists", $"'{file}' exists", hint);
            }
        }
    }

    private static void Replace(string file, string content, UnixFileMode mode)
    {
        var fresh = $"{file}.{Guid.NewGuid():N}.new";
        WriteNew(fresh, content, mode);
        File.Move(fresh, file, overwrite: true);
    }

    private static void WriteNew(string file, string content, UnixFileMode mode)
    {
        if (System.IO.Path.GetDirectoryName(file) is { } directory && !Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, PrivateDirectory);
        }

        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        stream.Flush(flushToDisk: true);
    }
}
