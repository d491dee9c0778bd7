using Dom.Roles.Master.Images;

namespace Dom.Roles.Master.State;

/// <summary>The digests behind image names, so that a restart needs no image server.</summary>
internal sealed record ImagesState
{
    /// <summary>The images.</summary>
    public IReadOnlyList<ResolvedImage> Images { get; init => field = value ?? []; } = [];
}
