using Dom.Core.Archives;
using Dom.Core.Linux;

namespace Dom.Core.Images.Sources;

/// <summary>Reads contents that came out of an archive.</summary>
internal sealed class ArchiveContentReader(ArchiveContents contents) : ContentReader
{
    private UploadItem _item;

    public override void Open(in UploadItem item)
    {
        if (!contents.Contains(item.Id))
        {
            throw new IOException($"the content of '{item.Path}' is not in the archive, and the image server has lost it; push the image it came from again");
        }

        _item = item;
    }

    public override void Fill(long offset, Span<byte> buffer)
    {
        var error = contents.TryReadAt(_item.Id, offset, buffer, out var count);
        if (error != Errno.None)
        {
            throw new LinuxException(error, "read the content of", _item.Path.ToString());
        }

        if (count < buffer.Length)
        {
            throw new FileChangedException(_item.Path, "was cut off in the archive");
        }
    }

    /// <summary>The contents belong to the source.</summary>
    public override void Dispose()
    {
    }
}
