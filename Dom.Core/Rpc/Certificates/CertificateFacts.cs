using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>What a certificate states, read but not verified.</summary>
public sealed record CertificateFacts
{
    /// <summary>URIs that start so name a role.</summary>
    public const string RolePrefix = "dom:role:";

    private const int MaxListed = 10_000;
    private const int MaxNameLength = 256;

    /// <summary>The common name: the user, or the name of a role's machine or service.</summary>
    public required string Name { get; init; }

    /// <summary>The common name of the issuer, or all of its name when it has none.</summary>
    public required string Issuer { get; init; }

    /// <summary>Serial number in hex.</summary>
    public required string SerialNumber { get; init; }

    /// <summary>SHA-256 of the certificate in hex.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Start of validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>End of validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>May issue certificates.</summary>
    public bool IsAuthority { get; init; }

    /// <summary>Listed method patterns; whether they count depends on the anchor.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Listed groups.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Stated roles, such as <c>sub</c>.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Stated DNS names; a leading <c>*.</c> stands for one label.</summary>
    public ImmutableArray<string> DnsNames { get; init; } = [];

    /// <summary>Stated addresses.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Reads a certificate.</summary>
    /// <exception cref="CertificateException">It has no single common name, or its lists are malformed.</exception>
    public static CertificateFacts Read(X509Certificate2 certificate)
    {
        try
        {
            var names = CertificateNames.Read(certificate);
            return new CertificateFacts
            {
                Name = RequireName(certificate),
                Issuer = DisplayName(certificate.IssuerName),
                SerialNumber = certificate.SerialNumber,
                Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256),
                NotBefore = certificate.NotBefore.ToUniversalTime(),
                NotAfter = certificate.NotAfter.ToUniversalTime(),
                IsAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority),
                Methods = ReadMethods(certificate),
                Groups = ReadStrings(certificate, CertificateOid.Groups),
                Roles = [.. names.Uris.Where(IsRole).Select(uri => uri[RolePrefix.Length..])],
                DnsNames = names.Dns,
                Addresses = names.Addresses,
            };
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new CertificateException(RpcErrorCode.CertificateUnfit, $"the certificate '{certificate.Subject}' is malformed: {e.Message}", e);
        }
    }

    /// <summary>The common name of a name, or all of it when it has none.</summary>
    internal static string DisplayName(X500DistinguishedName name)
    {
        var common = CommonNames(name);
        return common.Count > 0 ? common[0] : name.Name;
    }

    private static bool IsRole(string uri) => uri.StartsWith(RolePrefix, StringComparison.Ordinal) && uri.Length > RolePrefix.Length;

    private static string RequireName(X509Certificate2 certificate)
    {
        var names = CommonNames(certificate.SubjectName);
        if (names.Count != 1)
        {
            throw Unfit(certificate, names.Count == 0 ? "has no common name, so it names no user" : "has more than one common name");
        }

        var name = names[0];
        return name.Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl)
            ? name
            : throw Unfit(certificate, $"has a common name that is empty, longer than {MaxNameLength} characters or has control characters");
    }

    private static List<string> CommonNames(X500DistinguishedName name)
    {
        var found = new List<string>();
        var parts = new AsnReader(name.RawData, AsnEncodingRules.BER).ReadSequence();
        while (parts.HasData)
        {
            var set = parts.ReadSetOf();
            while (set.HasData)
            {
                var pair = set.ReadSequence();
                if (pair.ReadObjectIdentifier() == CertificateOid.CommonName)
                {
                    found.Add(pair.ReadCharacterString((UniversalTagNumber)pair.PeekTag().TagValue));
                }
            }
        }

        return found;
    }

    private static ImmutableArray<string> ReadMethods(X509Certificate2 certificate)
    {
        var methods = ReadStrings(certificate, CertificateOid.Methods);
        foreach (var pattern in methods)
        {
            if (MethodPattern.Fault(pattern) is { } fault)
            {
                throw Unfit(certificate, $"has a bad method list: {fault}");
            }
        }

        return methods;
    }

    private static ImmutableArray<string> ReadStrings(X509Certificate2 certificate, string oid)
    {
        if (certificate.Extensions[oid] is not { } extension)
        {
            return [];
        }

        var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
        var list = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var strings = ImmutableArray.CreateBuilder<string>();
        while (list.HasData)
        {
            strings.Add(list.ReadCharacterString(UniversalTagNumber.UTF8String));
            if (strings.Count > MaxListed)
            {
                throw Unfit(certificate, $"lists more than {MaxListed} entries");
            }
        }

        return strings.ToImmutable();
    }

    private static CertificateException Unfit(X509Certificate2 certificate, string fault) =>
        new(RpcErrorCode.CertificateUnfit, $"the certificate '{certificate.Subject}' {fault}");
}
