using Dom.Core.Rpc;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>Reading and writing by digest.</summary>
public static class ObjectServerMethods
{
    private const string Service = "ObjectServer";

    /// <summary>Which objects are stored.</summary>
    public static readonly RpcMethod<CheckObjectsRequest, CheckObjectsResponse> CheckObjects =
        RpcMethod.Unary(Service, "CheckObjects", ContractsJson.Default.CheckObjectsRequest, ContractsJson.Default.CheckObjectsResponse) with { Repeatable = true };

    /// <summary>Uploads objects; verified on the way in.</summary>
    public static readonly RpcMethod<ObjectChunk, AddObjectsResponse> AddObjects =
        RpcMethod.ClientStream(Service, "AddObjects", ContractsJson.Default.ObjectChunk, ContractsJson.Default.AddObjectsResponse) with { Bulk = true, Changes = true };

    /// <summary>Reads objects; verified on the way out.</summary>
    public static readonly RpcMethod<GetObjectsRequest, ObjectChunk> GetObjects =
        RpcMethod.ServerStream(Service, "GetObjects", ContractsJson.Default.GetObjectsRequest, ContractsJson.Default.ObjectChunk) with { Bulk = true };
}
