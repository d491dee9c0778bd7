namespace Dom.Core.Contracts.Subd;

/// <summary>How much of an image a sub has. Numbers are part of the protocol.</summary>
public enum ImageReadiness : byte
{
    /// <summary>No image was named.</summary>
    None = 0,

    /// <summary>Manifest or blocks are missing: a grant is needed before the sub can compare.</summary>
    NeedsTree = 1,

    /// <summary>Manifest and blocks are here and compared; objects are missing: a grant is needed before an update.</summary>
    NeedsObjects = 2,

    /// <summary>Everything the plan needs is here.</summary>
    Ready = 3,

    /// <summary>The image has computed paths and the sub has no set for them.</summary>
    MissingComputedFile = 4,

    /// <summary>Free space or inodes are short: see <see cref="PollResponse.Shortage"/>.</summary>
    InsufficientSpace = 5,

    /// <summary>The sub has not compared yet (scan or filter change under way).</summary>
    Comparing = 6,

    /// <summary>The image cannot be used: its manifest or filter does not decode; see <see cref="PollResponse.LastFetchError"/>.</summary>
    Unusable = 7,

    /// <summary>The image was applied and rolled back here: it is not offered again until the required image changes or <c>Subd.Retry</c> (rule 25).</summary>
    RolledBack = 8,

    /// <summary>The image was applied, did not prove itself, and what was there before could not be brought back, or not wholly: see <see cref="PollResponse.RolledBackReason"/>.</summary>
    WayBackFailed = 9,
}
