namespace Dom.Core.Rpc;

/// <summary>What a caller's certificate must hold to call a method.</summary>
public enum RpcAccess
{
    /// <summary>The certificate must list the method, by name or by a pattern such as <c>Subd.*</c>.</summary>
    Listed,

    /// <summary>Any valid certificate will do, also one of the identity authority.</summary>
    Public,
}
