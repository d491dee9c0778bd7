namespace Dom.Core.Rpc;

/// <summary>
/// A call failed. Handlers throw it; it travels as a value and is thrown again at the client, so both sides see the same status, code and message.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates an error. Without a code, the code is the status' name; without a word on retrying, it helps only for lack of capacity.</summary>
    public RpcException(RpcStatus status, string message, string? code = null, bool? retryable = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
        Code = code ?? status.ToString();
        Retryable = retryable ?? status is RpcStatus.Unavailable or RpcStatus.ResourceExhausted;
    }

    /// <summary>The class of the error.</summary>
    public RpcStatus Status { get; }

    /// <summary>A stable code for programs, such as <c>PlanChanged</c>.</summary>
    public string Code { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool Retryable { get; }
}
