namespace Dom.Core.Rpc.Certificates;

/// <summary>A certificate, key or list that cannot be used: which, why, and what to do. Its code is one of <see cref="RpcErrorCode"/>.</summary>
public sealed class CertificateException : Exception
{
    /// <summary>Creates the error.</summary>
    public CertificateException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>A stable code, such as <see cref="RpcErrorCode.CertificateExpired"/>.</summary>
    public string Code { get; }
}
