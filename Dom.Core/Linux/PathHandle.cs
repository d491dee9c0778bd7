namespace Dom.Core.Linux;

/// <summary>An inode of any kind, held without being opened for reading (O_PATH): also a symbolic link, device or fifo.</summary>
public sealed class PathHandle : Descriptor
{
    internal PathHandle(int descriptor)
        : base(descriptor)
    {
    }

    private protected override bool IsPathOnly => true;
}
