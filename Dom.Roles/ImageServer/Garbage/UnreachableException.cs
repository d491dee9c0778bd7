namespace Dom.Roles.ImageServer.Garbage;

/// <summary>It cannot be said what an image is made of, so nothing may be removed.</summary>
internal sealed class UnreachableException(string image, Exception cause)
    : Exception($"what {image} is made of cannot be read: {cause.Message}", cause)
{
    /// <summary>The image.</summary>
    public string Image => image;
}
