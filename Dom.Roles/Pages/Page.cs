using Dom.Core.Rpc;

namespace Dom.Roles.Pages;

/// <summary>A page of a role: where it stands, who may see it, what makes it.</summary>
public sealed record Page(string Path, PageAccess Access, PageHandler Handler)
{
    /// <summary>The method whose answer the page shows: who may not call it does not see the page either. Null for none.</summary>
    public RpcMethod? Method { get; init; }
}
