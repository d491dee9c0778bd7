using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc;

/// <summary>The bytes of all credential files as they were at one moment.</summary>
internal sealed record CredentialContent(RpcCredentialFiles Files, byte[] Ca, byte[]? IdentityCa, byte[] Certificate, byte[] Key, byte[]? Revocation)
{
    /// <summary>Code of the error that a file is missing or cannot be read.</summary>
    public const string Unreadable = "CredentialFileUnreadable";

    private const int MaxBytes = 16 << 20;

    /// <summary>Changes when any file does.</summary>
    public byte[] Digest { get; } = DigestOf(Ca, IdentityCa, Certificate, Key, Revocation);

    /// <summary>Reads the files.</summary>
    /// <exception cref="CertificateException">One is missing, or cannot be read.</exception>
    public static CredentialContent Read(RpcCredentialFiles files) => new(
        files,
        ReadFile(files.Ca, "CA file", "CaFile"),
        files.IdentityCa is { } identity && File.Exists(identity) ? ReadFile(identity, "identity CA file", "IdentityCaFile") : null,
        ReadFile(files.Certificate, "certificate", "CertificateFile"),
        ReadFile(files.Key, "private key", "KeyFile"),
        files.Revocation is null ? null : ReadFile(files.Revocation, "revocation list", "RevocationFile"));

    /// <summary>Makes credentials of the bytes.</summary>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public RpcCredentialSet Parse(int generation)
    {
        var authorities = ReadAuthorities(Ca, Files.Ca);
        ImmutableArray<X509Certificate2> identity = IdentityCa is null ? [] : ReadAuthorities(IdentityCa, Files.IdentityCa!);
        var trust = new CertificateTrust(authorities, identity, Revocation is null ? [] : RevocationList.ReadAll(Revocation, Files.Revocation!));
        var sent = ReadCertificates(Certificate, Files.Certificate);
        var leaf = AttachKey(sent[0]);
        sent.RemoveAt(0);
        return new RpcCredentialSet(leaf, sent, trust, generation);
    }

    private static byte[] ReadFile(string path, string what, string key)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
            {
                throw new CertificateException(Unreadable, $"the {what} '{path}' has {file.Length} bytes; at most {MaxBytes} are allowed");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateException(
                Unreadable, $"the {what} '{path}' does not exist; make one with 'dom cert', or say where it is with [Tls] {key}=", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(Unreadable, $"the {what} '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static ImmutableArray<X509Certificate2> ReadAuthorities(byte[] pem, string path)
    {
        var certificates = ReadCertificates(pem, path);
        foreach (var certificate in certificates)
        {
            if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: false })
            {
                throw Unfit(path, $"'{certificate.Subject}' is not an authority");
            }
        }

        return [.. certificates];
    }

    private static X509Certificate2Collection ReadCertificates(byte[] pem, string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException e)
        {
            throw Unfit(path, $"it has a damaged certificate ({e.Message})", e);
        }

        return certificates.Count > 0 ? certificates : throw Unfit(path, "it has no '-----BEGIN CERTIFICATE-----'");
    }

    private X509Certificate2 AttachKey(X509Certificate2 certificate)
    {
        var pem = Encoding.UTF8.GetString(Key);
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Unfit(Files.Key, "the key is encrypted; a service needs one without a passphrase (openssl pkey -in … -out …)");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unfit(Files.Key, $"it is no private key for the certificate '{Files.Certificate}' ({e.Message})", e);
        }
    }

    private static byte[] DigestOf(params ReadOnlySpan<byte[]?> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(BitConverter.GetBytes(file?.Length ?? -1));
            hash.AppendData(file ?? []);
        }

        return hash.GetHashAndReset();
    }

    private static CertificateException Unfit(string path, string why, Exception? inner = null) =>
        new(RpcErrorCode.CertificateUnfit, $"'{path}' cannot be used: {why}", inner);
}
