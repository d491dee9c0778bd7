using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Dom.Core.Rpc.Certificates;

/// <summary>A PEM file of revocation lists, split into the list of one authority, which grows, and those of others, which stay as they are.</summary>
internal sealed class RevocationFile
{
    public RevocationFile(string? content, X509Certificate2 authority)
    {
        if (content is null)
        {
            return;
        }

        var others = new StringBuilder();
        var rest = content.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var pem = rest[fields.Location].ToString();
            rest = rest[fields.Location.End..];
            var list = RevocationList.ReadAll(Encoding.UTF8.GetBytes(pem), "the revocation list so far")[0];
            if (list.IsNamed(authority) && list.IsSignedBy(authority))
            {
                Own = CertificateRevocationListBuilder.LoadPem(pem, out var number);
                Number = number;
            }
            else
            {
                others.Append(pem).Append('\n');
            }
        }

        if (Number == 0 && others.Length == 0)
        {
            throw new CertificateException(RpcErrorCode.CertificateUnfit, "the revocation list so far has no '-----BEGIN X509 CRL-----'; it was left as it is");
        }

        Others = others.ToString();
    }

    /// <summary>The authority's own list.</summary>
    public CertificateRevocationListBuilder Own { get; } = new();

    /// <summary>Its number; 0 when there is none yet.</summary>
    public BigInteger Number { get; }

    /// <summary>The lists of other authorities, PEM.</summary>
    public string Others { get; } = string.Empty;
}
