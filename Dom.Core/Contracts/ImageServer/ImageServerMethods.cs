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

    /// <summary>Lets an image last longer: its owners, or a caller whose certificate lists the method.</summary>
    public static readonly RpcMethod<ImageExpiryRequest, ImageInfo> ChangeImageExpiration =
        RpcMethod.Unary(Service, "ChangeImageExpiration", ContractsJson.Default.ImageExpiryRequest, ContractsJson.Default.ImageInfo) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>The image that was added last.</summary>
    public static readonly RpcMethod<FindLatestRequest, ImageInfo> FindLatestImage =
        RpcMethod.Unary(Service, "FindLatestImage", ContractsJson.Default.FindLatestRequest, ContractsJson.Default.ImageInfo) with { Repeatable = true };

    /// <summary>How much room an image takes on a machine and on the server.</summary>
    public static readonly RpcMethod<ImageNameRequest, ImageUsage> GetImageUsageEstimate =
        RpcMethod.Unary(Service, "GetImageUsageEstimate", ContractsJson.Default.ImageNameRequest, ContractsJson.Default.ImageUsage) with { Repeatable = true, Limits = RpcLimits.Default with { Deadline = TimeSpan.FromMinutes(10) } };

    /// <summary>Makes a directory: a member of the group that owns the one above, or a caller whose certificate lists the method.</summary>
    public static readonly RpcMethod<MakeDirectoryRequest, ImageDirectory> MakeDirectory =
        RpcMethod.Unary(Service, "MakeDirectory", ContractsJson.Default.MakeDirectoryRequest, ContractsJson.Default.ImageDirectory) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Gives a directory to another group.</summary>
    public static readonly RpcMethod<ChownDirectoryRequest, ImageDirectory> ChownDirectory =
        RpcMethod.Unary(Service, "ChownDirectory", ContractsJson.Default.ChownDirectoryRequest, ContractsJson.Default.ImageDirectory) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Says whether images in a directory may expire.</summary>
    public static readonly RpcMethod<DirectoryExpiryRequest, ImageDirectory> ChangeDirectoryExpiry =
        RpcMethod.Unary(Service, "ChangeDirectoryExpiry", ContractsJson.Default.DirectoryExpiryRequest, ContractsJson.Default.ImageDirectory) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Removes an empty directory.</summary>
    public static readonly RpcMethod<DirectoryRequest, ImageDirectory> DeleteDirectory =
        RpcMethod.Unary(Service, "DeleteDirectory", ContractsJson.Default.DirectoryRequest, ContractsJson.Default.ImageDirectory) with { Access = RpcAccess.Public, Changes = true };

    /// <summary>Lists directories, in pages.</summary>
    public static readonly RpcMethod<DirectoryRequest, DirectoryPage> ListDirectories =
        RpcMethod.ServerStream(Service, "ListDirectories", ContractsJson.Default.DirectoryRequest, ContractsJson.Default.DirectoryPage);

    /// <summary>Reads every block and object of an image and verifies it.</summary>
    public static readonly RpcMethod<ImageNameRequest, CheckImageResponse> CheckImage =
        RpcMethod.Unary(Service, "CheckImage", ContractsJson.Default.ImageNameRequest, ContractsJson.Default.CheckImageResponse) with { Repeatable = true, Limits = RpcLimits.Default with { Deadline = TimeSpan.FromHours(1) } };
}
