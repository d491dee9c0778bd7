namespace Dom.Core.Rpc.Certificates;

/// <summary>What the other side's certificate is to prove.</summary>
public enum CertificatePurpose
{
    /// <summary>Who calls: both anchors count.</summary>
    Client,

    /// <summary>Who serves: only the anchor with method power counts.</summary>
    Server,
}
