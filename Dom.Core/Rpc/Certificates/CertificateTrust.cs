using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>Whom this process trusts: the authorities of CA.pem (identity and methods), those of IdentityCA.pem (identity only), and what was revoked.</summary>
/// <remarks>
/// A chain is built to one anchor at a time, so a signature decides which anchor a certificate belongs to and never a name: an identity
/// authority that calls itself by the other's name gains nothing.
/// </remarks>
public sealed class CertificateTrust
{
    private readonly ImmutableArray<X509Certificate2> _authorities;
    private readonly ImmutableArray<X509Certificate2> _identityAuthorities;
    private readonly ImmutableArray<RevocationList> _revocations;

    internal CertificateTrust(
        ImmutableArray<X509Certificate2> authorities, ImmutableArray<X509Certificate2> identityAuthorities, IEnumerable<RevocationList> revocations)
    {
        _authorities = authorities;
        _identityAuthorities = identityAuthorities;
        _revocations = [.. revocations];
        RequireDistinctKeys();
        RequireGenuineLists();
    }

    /// <summary>The authorities with method power.</summary>
    public ImmutableArray<X509Certificate2> Authorities => _authorities;

    /// <summary>The authorities for identity only.</summary>
    public ImmutableArray<X509Certificate2> IdentityAuthorities => _identityAuthorities;

    /// <summary>The earliest time at which a revocation list becomes outdated; null without lists.</summary>
    public DateTimeOffset? RevocationsOutdated => _revocations.Min(list => list.NextUpdate);

    /// <summary>Verifies the other side's certificate.</summary>
    /// <param name="leaf">Its certificate; possession of the key was proven by TLS.</param>
    /// <param name="sent">Further certificates it sent.</param>
    /// <param name="purpose">What it is to prove.</param>
    /// <param name="now">The time here.</param>
    /// <exception cref="CertificateException">It counts for nothing here; the message is for the other side.</exception>
    public VerifiedCertificate Verify(X509Certificate2 leaf, X509Certificate2Collection sent, CertificatePurpose purpose, DateTimeOffset now)
    {
        CertificateException? refusal = null;
        foreach (var anchor in _authorities)
        {
            if (TryVerify(leaf, sent, anchor, purpose, hasMethodPower: true, now, ref refusal) is { } verified)
            {
                return verified;
            }
        }

        if (purpose == CertificatePurpose.Client)
        {
            foreach (var anchor in _identityAuthorities)
            {
                if (TryVerify(leaf, sent, anchor, purpose, hasMethodPower: false, now, ref refusal) is { } verified)
                {
                    return verified;
                }
            }
        }

        throw refusal ?? Untrusted(leaf, purpose);
    }

    private VerifiedCertificate? TryVerify(
        X509Certificate2 leaf,
        X509Certificate2Collection sent,
        X509Certificate2 anchor,
        CertificatePurpose purpose,
        bool hasMethodPower,
        DateTimeOffset now,
        ref CertificateException? refusal)
    {
        using var chain = new X509Chain();
        Prepare(chain.ChainPolicy, sent, anchor, purpose, now);
        var isGood = chain.Build(leaf);
        try
        {
            if (!isGood)
            {
                refusal ??= ChainRefusal.Explain(chain, leaf, purpose, now);
                return null;
            }

            if (FindRevoked(chain) is { } revoked)
            {
                refusal = ChainRefusal.Revoked(revoked, leaf);
                return null;
            }

            var from = chain.ChainElements.Max(element => element.Certificate.NotBefore).ToUniversalTime();
            var until = chain.ChainElements.Min(element => element.Certificate.NotAfter).ToUniversalTime();
            return new VerifiedCertificate(CertificateFacts.Read(leaf), hasMethodPower, from, until);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static void Prepare(
        X509ChainPolicy policy, X509Certificate2Collection sent, X509Certificate2 anchor, CertificatePurpose purpose, DateTimeOffset now)
    {
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(anchor);
        policy.ExtraStore.AddRange(sent);
        policy.ApplicationPolicy.Add(new Oid(
            purpose == CertificatePurpose.Client ? CertificateOid.ClientAuthentication : CertificateOid.ServerAuthentication));
        policy.VerificationTime = now.UtcDateTime;

        // Revocation is ours, from the file. A certificate must not make this process fetch an address it names.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
    }

    private X509Certificate2? FindRevoked(X509Chain chain)
    {
        for (var i = 0; i + 1 < chain.ChainElements.Count && !_revocations.IsEmpty; i++)
        {
            var certificate = chain.ChainElements[i].Certificate;
            var issuer = chain.ChainElements[i + 1].Certificate;
            foreach (var list in _revocations)
            {
                if (list.Lists(certificate) && list.IsNamed(issuer) && list.IsSignedBy(issuer))
                {
                    return certificate;
                }
            }
        }

        return null;
    }

    private CertificateException Untrusted(X509Certificate2 leaf, CertificatePurpose purpose)
    {
        var trusted = string.Join(", ", (purpose == CertificatePurpose.Client ? _authorities.AddRange(_identityAuthorities) : _authorities)
            .Select(authority => $"'{CertificateFacts.DisplayName(authority.SubjectName)}'"));
        return new CertificateException(
            RpcErrorCode.UntrustedCertificate,
            $"the certificate of {CertificateFacts.DisplayName(leaf.SubjectName)} was issued by '{CertificateFacts.DisplayName(leaf.IssuerName)}'"
            + $" and leads to none of the trusted authorities ({trusted}); get one from the fleet's authority");
    }

    private void RequireDistinctKeys()
    {
        foreach (var identity in _identityAuthorities)
        {
            if (_authorities.Any(authority => authority.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(identity.PublicKey.ExportSubjectPublicKeyInfo())))
            {
                throw new CertificateException(
                    RpcErrorCode.CertificateUnfit,
                    $"the authority '{identity.Subject}' stands in both the CA file and the identity CA file with the same key; remove it from one of them");
            }
        }
    }

    private void RequireGenuineLists()
    {
        foreach (var list in _revocations)
        {
            // A list of an intermediate authority is checked when a chain shows that authority.
            var named = _authorities.AddRange(_identityAuthorities).Where(list.IsNamed).ToList();
            if (named.Count > 0 && !named.Exists(list.IsSignedBy))
            {
                throw new CertificateException(
                    RpcErrorCode.CertificateUnfit, $"the revocation list of '{list.IssuerName}' is not signed by its key (or not with SHA-2 and ECDSA or RSA)");
            }
        }
    }
}
