using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>The alternative names of a certificate, and how they match a host.</summary>
internal sealed record CertificateNames(ImmutableArray<string> Dns, ImmutableArray<IPAddress> Addresses, ImmutableArray<string> Uris)
{
    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, 7);

    public static CertificateNames Read(X509Certificate2 certificate)
    {
        var dns = ImmutableArray.CreateBuilder<string>();
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        var uris = ImmutableArray.CreateBuilder<string>();
        if (certificate.Extensions[CertificateOid.SubjectAlternativeName] is { } extension)
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                var tag = names.PeekTag();
                if (tag.HasSameClassAndValue(DnsTag))
                {
                    dns.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, DnsTag));
                }
                else if (tag.HasSameClassAndValue(UriTag))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                }
                else if (tag.HasSameClassAndValue(AddressTag))
                {
                    addresses.Add(ReadAddress(names.ReadOctetString(AddressTag)));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }

        return new CertificateNames(dns.ToImmutable(), addresses.ToImmutable(), uris.ToImmutable());
    }

    /// <summary>True when a stated name covers the host; <c>*.</c> covers exactly one label.</summary>
    public static bool Matches(CertificateFacts facts, string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return facts.Addresses.Contains(address);
        }

        foreach (var name in facts.DnsNames)
        {
            if (MatchesDns(name.AsSpan().TrimEnd('.'), host.AsSpan().TrimEnd('.')))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesDns(ReadOnlySpan<char> pattern, ReadOnlySpan<char> host)
    {
        if (!pattern.StartsWith("*."))
        {
            return pattern.Equals(host, StringComparison.OrdinalIgnoreCase);
        }

        var dot = host.IndexOf('.');
        return dot > 0 && pattern[1..].Equals(host[dot..], StringComparison.OrdinalIgnoreCase);
    }

    private static IPAddress ReadAddress(byte[] bytes) =>
        bytes.Length is 4 or 16 ? new IPAddress(bytes) : throw new AsnContentException($"an address of {bytes.Length} bytes");
}
