namespace Dom.Core.Locks.Etcd;

/// <summary>Messages of etcd's v3 JSON gateway, as far as they are needed. The gateway ignores fields it does not know, so their spelling is tested.</summary>
internal static class EtcdMessages
{
    /// <summary>Asks for a key.</summary>
    internal sealed record RangeRequest(byte[] Key);

    /// <summary>Keys that were found; null for none.</summary>
    internal sealed record RangeResponse(IReadOnlyList<KeyValue>? Kvs);

    /// <summary>A key; numbers come as texts.</summary>
    internal sealed record KeyValue(long ModRevision, byte[]? Value);

    /// <summary>A comparison and what is done when it holds and when not.</summary>
    internal sealed record TxnRequest(IReadOnlyList<Compare> Compare, IReadOnlyList<RequestOp> Success, IReadOnlyList<RequestOp> Failure);

    /// <summary>The revision of a key is this one; 0 for no key.</summary>
    internal sealed record Compare(byte[] Key, string Target, string Result, long ModRevision);

    /// <summary>One operation; one of the two is set.</summary>
    internal sealed record RequestOp(PutRequest? RequestPut, RangeRequest? RequestRange);

    /// <summary>Writes a key.</summary>
    internal sealed record PutRequest(byte[] Key, byte[] Value);

    /// <summary>What became of it; <c>Succeeded</c> is left out when the comparison did not hold.</summary>
    internal sealed record TxnResponse(Header? Header, bool Succeeded, IReadOnlyList<ResponseOp>? Responses);

    /// <summary>The result of one operation.</summary>
    internal sealed record ResponseOp(RangeResponse? ResponseRange);

    /// <summary>Facts of the store.</summary>
    internal sealed record Header(long Revision);

    /// <summary>Asks for a token.</summary>
    internal sealed record AuthenticateRequest(string Name, string Password);

    /// <summary>A token.</summary>
    internal sealed record AuthenticateResponse(string? Token);

    /// <summary>A node of the v2 keys API.</summary>
    internal sealed record V2Node(string? Value, long ModifiedIndex);

    /// <summary>An answer of the v2 keys API.</summary>
    internal sealed record V2Response(V2Node? Node, int ErrorCode, string? Message, string? Cause);
}
