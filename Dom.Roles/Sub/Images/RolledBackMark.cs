using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Images;

/// <summary>The durable note that an image did not prove itself here (rule 25): which, why, and how far the way back has come.</summary>
internal sealed class RolledBackMark
{
    private const int MaxReason = 4096;

    private readonly StoredNote<RolledBackNote> _note;
    private readonly ImageMark _applied;

    /// <summary>Reads the note.</summary>
    /// <param name="directory">The private directory.</param>
    /// <param name="applied">The image that is there now.</param>
    public RolledBackMark(DirectoryHandle directory, ImageMark applied) => (_note, _applied) = (new(directory, "rolled-back"u8), applied);

    /// <summary>The note; null when there is none.</summary>
    public RolledBackNote? Note => _note.Value;

    /// <summary>True when the machine is to be brought back, or is being.</summary>
    public bool IsDue => Note?.State == WayBackState.Due;

    /// <summary>
    /// True when the image is not to be offered. An image that only brought other computed contents to what is there is not offered with these; with others
    /// it is another.
    /// </summary>
    public bool Covers(ImageReference image) =>
        Note is { } note && note.Manifest == image.Manifest && (note.ComputedSet == image.ComputedSet || _applied.Image?.Manifest != note.Manifest);

    /// <summary>Replaces the note; durable when this returns.</summary>
    public void Set(ImageReference image, string reason, WayBackState state)
    {
        var kept = reason.Length <= MaxReason ? reason : string.Concat(reason.AsSpan(0, MaxReason), "…");
        _note.Set(new RolledBackNote { Name = image.Name, Manifest = image.Manifest, ComputedSet = image.ComputedSet, Reason = kept, State = state });
    }

    /// <summary>Removes the note.</summary>
    public void Clear() => _note.Clear();
}
