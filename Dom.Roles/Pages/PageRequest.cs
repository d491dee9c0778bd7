using System.Net;
using Dom.Core.Rpc;

namespace Dom.Roles.Pages;

/// <summary>A request for a status page.</summary>
public sealed record PageRequest
{
    /// <summary>The path that was asked for, decoded, beginning with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>What stood in place of the <c>*</c> of the page's path, decoded; empty for a page without one.</summary>
    public string Rest { get; init; } = "";

    /// <summary>The decoded values of the query; of repeated names the first.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>Who the client certificate says is asking; null without one.</summary>
    public RpcCaller? Caller { get; init; }

    /// <summary>The user of the client certificate; null without one.</summary>
    public string? User => Caller?.User;

    /// <summary>The address of the other side.</summary>
    public IPEndPoint? RemoteAddress { get; init; }

    /// <summary>True when the one who asks may call the method, whose answer the page shows.</summary>
    public bool May(RpcMethod method) => Caller?.MayCall(method) == true;

    /// <summary>One value of the query, or null.</summary>
    public string? Value(string name) => Query.TryGetValue(name, out var value) ? value : null;
}
