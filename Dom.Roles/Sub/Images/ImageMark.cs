using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Images;

/// <summary>A durable note which image something is about: the one applied, the one begun.</summary>
/// <param name="directory">The private directory.</param>
/// <param name="name">The name of the note.</param>
internal sealed class ImageMark(DirectoryHandle directory, ReadOnlySpan<byte> name)
{
    private readonly StoredNote<ImageReference> _note = new(directory, name);

    /// <summary>The image; null when there is none.</summary>
    public ImageReference? Image => _note.Value;

    /// <summary>Sets the mark; durable when this returns.</summary>
    public void Set(ImageReference image)
    {
        if (image != Image)
        {
            _note.Set(image);
        }
    }

    /// <summary>Removes the mark.</summary>
    public void Clear() => _note.Clear();
}
