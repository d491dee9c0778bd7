using Dom.Core.Linux;

namespace Dom.Core.Images.Sources;

/// <summary>Reads contents from the files of a directory.</summary>
internal sealed class DirectoryContentReader(DirectoryHandle root) : ContentReader
{
    private DirectoryHandle? _directory;
    private UnixPath _directoryPath;
    private FileHandle? _file;
    private UnixPath _path;

    public override void Open(in UploadItem item)
    {
        _file?.Dispose();
        _file = null;
        _path = item.Path;
        try
        {
            _file = DirectoryOf(item.Path).OpenFile(item.Path.Name);
        }
        catch (LinuxException e) when (e.IsNotFound)
        {
            throw new FileChangedException(item.Path, "was removed", e);
        }

        if (_file.GetStatus().Size != item.Size)
        {
            throw new FileChangedException(item.Path, "changed");
        }
    }

    public override void Fill(long offset, Span<byte> buffer)
    {
        var file = _file ?? throw new InvalidOperationException("no file is open");
        for (var count = 0; count < buffer.Length;)
        {
            var error = file.TryReadAt(offset + count, buffer[count..], out var read);
            if (error != Errno.None)
            {
                throw new LinuxException(error, "read", _path.ToString());
            }

            count += read > 0 ? read : throw new FileChangedException(_path, "became shorter");
        }
    }

    public override void Dispose()
    {
        _file?.Dispose();
        _directory?.Dispose();
    }

    /// <summary>Files come in the order of the tree, so the directory of the last one is most often that of the next.</summary>
    private DirectoryHandle DirectoryOf(UnixPath path)
    {
        var parent = path.Parent;
        if (_directory is null || _directoryPath != parent)
        {
            _directory?.Dispose();
            _directory = null;
            _directory = root.OpenBelow(parent.Span.TrimStart((byte)'/'));
            _directoryPath = parent;
        }

        return _directory;
    }
}
