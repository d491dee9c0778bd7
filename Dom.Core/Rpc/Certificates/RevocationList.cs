using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>A certificate revocation list (RFC 5280) of one authority.</summary>
/// <remarks>A list past its next update still counts: what it revokes stays revoked, and an outdated list must not stop a fleet.</remarks>
internal sealed class RevocationList
{
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private readonly byte[] _signed;
    private readonly string _algorithm;
    private readonly byte[] _signature;
    private readonly byte[] _issuer;
    private readonly HashSet<string> _serials = new(StringComparer.Ordinal);

    private RevocationList(byte[] der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        _signed = list.PeekEncodedValue().ToArray();
        var body = list.ReadSequence();
        _algorithm = list.ReadSequence().ReadObjectIdentifier();
        _signature = list.ReadBitString(out _);

        if (body.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            body.ReadInteger();
        }

        body.ReadSequence();
        _issuer = body.ReadEncodedValue().ToArray();
        IssuerName = CertificateFacts.DisplayName(new X500DistinguishedName(_issuer));
        ReadTime(body);
        NextUpdate = IsTime(body) ? ReadTime(body) : null;
        if (body.HasData && body.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            ReadEntries(body.ReadSequence());
        }

        if (body.HasData && body.PeekTag().HasSameClassAndValue(ExtensionsTag))
        {
            RefuseCritical(body.ReadSequence(ExtensionsTag).ReadSequence());
        }
    }

    /// <summary>The authority's name, for people.</summary>
    public string IssuerName { get; }

    /// <summary>When the authority promised a newer list.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>Reads the lists of a file: PEM with any number of them, or one in DER.</summary>
    /// <exception cref="CertificateException">The content is neither.</exception>
    public static List<RevocationList> ReadAll(byte[] content, string path)
    {
        try
        {
            var lists = new List<RevocationList>();
            if (!content.AsSpan().StartsWith("-----"u8) && content.AsSpan().IndexOf("-----BEGIN"u8) < 0)
            {
                return [new RevocationList(content)];
            }

            ReadOnlySpan<char> text = System.Text.Encoding.UTF8.GetString(content);
            while (PemEncoding.TryFind(text, out var fields))
            {
                if (text[fields.Label] is "X509 CRL")
                {
                    lists.Add(new RevocationList(Convert.FromBase64String(text[fields.Base64Data].ToString())));
                }

                text = text[fields.Location.End..];
            }

            return lists.Count > 0 ? lists : throw Unfit(path, "it has no '-----BEGIN X509 CRL-----'", null);
        }
        catch (Exception e) when (e is AsnContentException or FormatException or CryptographicException)
        {
            throw Unfit(path, e.Message, e);
        }
    }

    /// <summary>True when this list speaks for an authority of this name (whose key may still be another).</summary>
    public bool IsNamed(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer);

    /// <summary>True when the authority signed this list.</summary>
    public bool IsSignedBy(X509Certificate2 authority)
    {
        if (HashOf(_algorithm) is not { } hash)
        {
            return false;
        }

        using var ec = authority.GetECDsaPublicKey();
        if (ec is not null)
        {
            return ec.VerifyData(_signed, _signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }

        using var rsa = authority.GetRSAPublicKey();
        return rsa is not null && rsa.VerifyData(_signed, _signature, hash, RSASignaturePadding.Pkcs1);
    }

    /// <summary>True when the list has the certificate's serial number.</summary>
    public bool Lists(X509Certificate2 certificate) => _serials.Contains(Key(certificate.SerialNumberBytes.Span));

    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        "1.2.840.10045.4.3.2" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
        "1.2.840.10045.4.3.3" or "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
        "1.2.840.10045.4.3.4" or "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static string Key(ReadOnlySpan<byte> serial) => Convert.ToHexString(serial.TrimStart((byte)0));

    private static bool IsTime(AsnReader reader) =>
        reader.HasData && reader.PeekTag() is { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime };

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().TagValue == (int)UniversalTagNumber.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private void ReadEntries(AsnReader entries)
    {
        while (entries.HasData)
        {
            _serials.Add(Key(entries.ReadSequence().ReadIntegerBytes().Span));
        }
    }

    private static void RefuseCritical(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
            {
                throw new AsnContentException($"it has the critical extension {oid}; lists for parts of an authority's certificates and delta lists are not understood");
            }
        }
    }

    private static CertificateException Unfit(string path, string why, Exception? inner) =>
        new(RpcErrorCode.CertificateUnfit, $"'{path}' is not a revocation list: {why}", inner);
}
