using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>An authority with its key: issues certificates and revokes them. P-256 and SHA-256.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        _certificate = certificate;
        _time = time;
    }

    /// <summary>The authority's certificate as PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>The authority's private key as PEM.</summary>
    public string KeyPem
    {
        get
        {
            using var key = OpenKey();
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Makes a new authority.</summary>
    public static CertificateAuthority Create(string name, TimeSpan lifetime, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - Backdate, now + lifetime), time);
    }

    /// <summary>Takes an authority from PEM.</summary>
    /// <exception cref="CertificateException">It is no authority, or the key is not its own.</exception>
    public static CertificateAuthority FromPem(string certificatePem, string keyPem, TimeProvider time)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            return CertificateFacts.Read(certificate).IsAuthority
                ? new CertificateAuthority(certificate, time)
                : throw new CertificateException(RpcErrorCode.CertificateUnfit, $"'{certificate.Subject}' is not the certificate of an authority");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException(RpcErrorCode.CertificateUnfit, $"the authority's certificate and key do not fit: {e.Message}", e);
        }
    }

    /// <summary>Issues a certificate for client and server use, with a new key.</summary>
    /// <exception cref="CertificateException">The order has a bad method pattern or host, or the authority itself has expired.</exception>
    public IssuedCertificate Issue(CertificateOrder order)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(order.Name), key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        extensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(CertificateOid.ClientAuthentication), new Oid(CertificateOid.ServerAuthentication)], critical: false));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (_certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any())
        {
            extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        }

        AddNames(extensions, order);
        AddLists(extensions, order);

        var (from, until) = Validity(order);
        using var authorityKey = OpenKey();
        using var certificate = request.Create(_certificate.SubjectName, SignatureBy(authorityKey), from, until, NewSerialNumber());
        return new IssuedCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Adds certificates to this authority's revocation list.</summary>
    /// <param name="certificates">Certificates to revoke; each must be of this authority. None renews the list.</param>
    /// <param name="previous">The file so far as PEM, which may hold lists of other authorities too; null for none.</param>
    /// <param name="lifetime">Time until a newer list is due.</param>
    /// <returns>The new content of the file.</returns>
    /// <exception cref="CertificateException">A certificate is of another authority, or the file so far is damaged.</exception>
    public string Revoke(IEnumerable<X509Certificate2> certificates, string? previous, TimeSpan lifetime)
    {
        var file = new RevocationFile(previous, _certificate);
        var now = _time.GetUtcNow();
        foreach (var certificate in certificates)
        {
            if (!HasIssued(certificate))
            {
                throw new CertificateException(
                    RpcErrorCode.UntrustedCertificate,
                    $"'{certificate.Subject}' was issued by '{certificate.Issuer}', not by '{_certificate.Subject}'; its own authority must revoke it");
            }

            file.Own.RemoveEntry(certificate.SerialNumberBytes.Span);
            file.Own.AddEntry(certificate, now);
        }

        var der = file.Own.Build(_certificate, file.Number + 1, now + lifetime, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, now);
        return file.Others + PemEncoding.WriteString("X509 CRL", der) + "\n";
    }

    /// <summary>True when this authority's key signed the certificate.</summary>
    public bool HasIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = TlsPolicy.Bare();
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.Build(certificate);
        var isSigned = chain.ChainElements.Count == 2
            && chain.ChainElements[1].Certificate.RawData.AsSpan().SequenceEqual(_certificate.RawData)
            && !chain.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotSignatureValid));
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return isSigned;
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private AsymmetricAlgorithm OpenKey() => (AsymmetricAlgorithm?)_certificate.GetECDsaPrivateKey() ?? _certificate.GetRSAPrivateKey()
        ?? throw new CertificateException(RpcErrorCode.CertificateUnfit, $"the key of '{_certificate.Subject}' is neither ECDSA nor RSA");

    private static X509SignatureGenerator SignatureBy(AsymmetricAlgorithm key) => key is RSA rsa
        ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
        : X509SignatureGenerator.CreateForECDsa((ECDsa)key);

    private (DateTimeOffset From, DateTimeOffset Until) Validity(CertificateOrder order)
    {
        var now = _time.GetUtcNow();
        var authorityFrom = new DateTimeOffset(_certificate.NotBefore.ToUniversalTime());
        var authorityUntil = new DateTimeOffset(_certificate.NotAfter.ToUniversalTime());
        var from = order.NotBefore ?? now - Backdate;
        var until = now + order.Lifetime;
        from = from < authorityFrom ? authorityFrom : from;
        until = until > authorityUntil ? authorityUntil : until;
        return from < until
            ? (from, until)
            : throw new CertificateException(
                RpcErrorCode.CertificateExpired,
                $"a certificate from {ChainRefusal.Show(from)} to {ChainRefusal.Show(until)} would never be valid"
                + $" (the authority '{_certificate.Subject}' ends at {ChainRefusal.Show(authorityUntil)})");
    }

    private static void AddNames(System.Collections.ObjectModel.Collection<X509Extension> extensions, CertificateOrder order)
    {
        if (order.Hosts.IsEmpty && order.Roles.IsEmpty)
        {
            return;
        }

        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in order.Hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else if (Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) == UriHostNameType.Dns)
            {
                names.AddDnsName(host);
            }
            else
            {
                throw new CertificateException(RpcErrorCode.CertificateUnfit, $"'{host}' is neither a DNS name nor an address");
            }
        }

        foreach (var role in order.Roles)
        {
            if (role.Length == 0 || !role.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                throw new CertificateException(RpcErrorCode.CertificateUnfit, $"'{role}' is no role; a role has letters, digits and '-'");
            }

            names.AddUri(new Uri(CertificateFacts.RolePrefix + role));
        }

        extensions.Add(names.Build());
    }

    private static void AddLists(System.Collections.ObjectModel.Collection<X509Extension> extensions, CertificateOrder order)
    {
        foreach (var pattern in order.Methods)
        {
            if (MethodPattern.Fault(pattern) is { } fault)
            {
                throw new CertificateException(RpcErrorCode.CertificateUnfit, fault);
            }
        }

        if (!order.Methods.IsEmpty)
        {
            extensions.Add(ListOf(CertificateOid.Methods, order.Methods));
        }

        if (!order.Groups.IsEmpty)
        {
            extensions.Add(ListOf(CertificateOid.Groups, order.Groups));
        }
    }

    private static X509Extension ListOf(string oid, IEnumerable<string> strings)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var text in strings)
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
            }
        }

        return new X509Extension(oid, writer.Encode(), critical: false);
    }

    private static X500DistinguishedName NameOf(string name)
    {
        if (name.Length is 0 or > 256 || name.Any(char.IsControl))
        {
            throw new CertificateException(RpcErrorCode.CertificateUnfit, "a certificate needs a name of 1 to 256 characters without control characters");
        }

        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    private static byte[] NewSerialNumber()
    {
        var serial = new byte[16];
        RandomNumberGenerator.Fill(serial);

        // Positive and of full length, as RFC 5280 wants it.
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
