namespace Dom.Core.Images;

/// <summary>How much of a machine an image describes. The numbers are part of the manifest.</summary>
public enum ImageMode : byte
{
    /// <summary>Everything the filter does not leave alone: what the image lacks is deleted.</summary>
    Full = 0,

    /// <summary>Only what it contains: nothing is deleted.</summary>
    Sparse = 1,
}
