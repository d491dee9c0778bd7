namespace Dom.Core.Rpc;

/// <summary>The class of an error; the value is the HTTP status it travels under.</summary>
public enum RpcStatus
{
    /// <summary>The request is wrong and will stay wrong.</summary>
    InvalidArgument = 400,

    /// <summary>No certificate, or one that does not count here.</summary>
    Unauthenticated = 401,

    /// <summary>The certificate is good but does not grant this.</summary>
    PermissionDenied = 403,

    /// <summary>The named thing does not exist.</summary>
    NotFound = 404,

    /// <summary>The thing is in another state than the caller believes; codes such as <c>Busy</c> or <c>PlanChanged</c> say which.</summary>
    Conflict = 409,

    /// <summary>A limit of the server is reached; later it may work.</summary>
    ResourceExhausted = 429,

    /// <summary>A fault of the server.</summary>
    Internal = 500,

    /// <summary>This server does not know the method.</summary>
    Unimplemented = 501,

    /// <summary>The server cannot be reached or is not ready.</summary>
    Unavailable = 503,

    /// <summary>The time for the call ran out.</summary>
    DeadlineExceeded = 504,
}
