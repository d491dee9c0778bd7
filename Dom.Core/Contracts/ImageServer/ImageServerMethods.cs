using Dom.Core.Rpc;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Images by name.</summary>
public static class ImageServerMethods
{
    private const string Service = "ImageServer";

    /// <summary>Takes a lease for an upload.</summary>
    public static readonly RpcMethod<BeginUploadRequest, BeginUploadResponse> BeginUpload =
        RpcMethod.Unary(Service, "BeginUpload", ContractsJson.Default.BeginUploadRequest, ContractsJson.Default.BeginUploadResponse);

    /// <summary>Names a manifest.</summary>
    public static readonly RpcMethod<AddImageRequest, ImageInfo> AddImage =
        RpcMethod.Unary(Service, "AddImage", ContractsJson.Default.AddImageRequest, ContractsJson.Default.ImageInfo) with { Changes = true, Limits = RpcLimits.Default with { Deadline = TimeSpan.FromMinutes(10) } };

    /// <summary>One image by name.</summary>
    public static readonly RpcMethod<ImageNameRequest, ImageResponse> GetImage =
        RpcMethod.Unary(Service, "GetImage", ContractsJson.Default.ImageNameRequest, ContractsJson.Default.ImageResponse) with { Repeatable = true };

    /// <summary>Lists images, in pages.</summary>
    public static readonly RpcMethod<ListImagesRequest, ListImagesResponse> ListImages =
        RpcMethod.ServerStream(Service, "ListImages", ContractsJson.Default.ListImagesRequest, ContractsJson.Default.ListImagesResponse);

    /// <summary>Deletes a name: its creator, or a caller whose certificate lists the method.</summary>
    public static readonly RpcMethod<ImageNameRequest, DeleteImageResponse> DeleteImage =
        RpcMethod.Unary(Service, "DeleteImage", ContractsJson.Default.ImageNameRequest, ContractsJson.Default.DeleteImageResponse) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Removes what no image is made of, or counts it.</summary>
    public static readonly RpcMethod<CollectGarbageRequest, CollectGarbageResponse> CollectGarbage =
        RpcMethod.Unary(Service, "CollectGarbage", ContractsJson.Default.CollectGarbageRequest, ContractsJson.Default.CollectGarbageResponse) with { Changes = true, Limits = RpcLimits.Default with { Deadline = TimeSpan.FromHours(4) } };

    /// <summary>Reads every block and object of an image and verifies it.</summary>
    public static readonly RpcMethod<ImageNameRequest, CheckImageResponse> CheckImage =
        RpcMethod.Unary(Service, "CheckImage", ContractsJson.Default.ImageNameRequest, ContractsJson.Default.CheckImageResponse) with { Repeatable = true, Limits = RpcLimits.Default with { Deadline = TimeSpan.FromHours(1) } };
}
