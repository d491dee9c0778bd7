using System.Buffers;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub.Images;

/// <summary>A durable note which image something is about: the one applied, the one begun.</summary>
internal sealed class ImageMark
{
    private const int MaxBytes = 64 * 1024;

    private readonly DirectoryHandle _directory;
    private readonly byte[] _name;

    /// <summary>Reads the mark of this name.</summary>
    public ImageMark(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        _directory = directory;
        _name = name.ToArray();
        Image = directory.ReadFileIfExists(name, MaxBytes) is { } bytes ? MessagePackSerializer.Deserialize<ImageReference>(bytes) : null;
    }

    /// <summary>The image; null when there is none.</summary>
    public ImageReference? Image { get; private set; }

    /// <summary>Sets the mark; durable when this returns.</summary>
    public void Set(ImageReference image)
    {
        if (image == Image)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        MessagePackSerializer.Serialize(buffer, image);
        _directory.ReplaceFile(_name, buffer.WrittenSpan);
        Image = image;
    }

    /// <summary>Removes the mark.</summary>
    public void Clear()
    {
        if (Image is not null)
        {
            _directory.UnlinkIfExists(_name);
            _directory.Sync();
            Image = null;
        }
    }
}
