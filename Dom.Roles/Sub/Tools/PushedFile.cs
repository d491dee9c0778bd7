using System.Security.Cryptography;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Roles.Sub.Tools;

/// <summary>A file that somebody pushes: received and verified beside the tree, then renamed into its place as a whole. One at a time.</summary>
internal sealed class PushedFile : IDisposable
{
    private const uint Private = 0x180; // 0600

    private readonly DirectoryHandle _private;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileHandle _file;
    private readonly PushFileChunk _head;
    private long _received;

    private PushedFile(DirectoryHandle privateDirectory, PushFileChunk head)
    {
        (_private, _head) = (privateDirectory, head);
        _private.UnlinkIfExists(FileName);
        _file = _private.CreateFile(FileName, Private);
    }

    private static ReadOnlySpan<byte> FileName => "pushed"u8;

    /// <summary>What a crash may have left.</summary>
    public static void RemoveRest(DirectoryHandle privateDirectory) => privateDirectory.UnlinkIfExists(FileName);

    /// <summary>Begins a file, in the private directory.</summary>
    public static PushedFile Begin(DirectoryHandle privateDirectory, PushFileChunk head) => new(privateDirectory, head);

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="RpcException">They are more than was said.</exception>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (data.Length > PushFileChunk.MaxBytes || data.Length > _head.Size - _received)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"more bytes came than the {_head.Size} that were announced, or more than {PushFileChunk.MaxBytes} at once", RpcErrorCode.TooLarge);
        }

        _hash.AppendData(data);
        _file.Write(data);
        _received += data.Length;
    }

    /// <summary>Compares what came with what was announced; the content is durable when this returns.</summary>
    /// <exception cref="RpcException">It is another.</exception>
    public void Complete()
    {
        var content = _received == 0 ? default : new ObjectId(_hash.GetHashAndReset());
        if (_received != _head.Size || content != _head.Content)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"{_received} bytes came, and they are not the {_head.Size} that were announced; push the file again", "WrongContent");
        }

        _file.Sync();
    }

    /// <summary>Puts it in its place; what stands there is there until then.</summary>
    /// <returns>True when a file gave way to it.</returns>
    /// <exception cref="RpcException">What stands there is no file.</exception>
    public bool Place(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        var isOld = directory.TryGetStatus(name, out var old) == Errno.None;
        if (isOld && old.Kind != FileKind.Regular)
        {
            throw new RpcException(RpcStatus.Conflict, $"'{_head.Path}' is no regular file (it is of kind {old.Kind}); remove it first", "NoFile");
        }

        var own = _file.GetStatus();
        _private.SetOwner(FileName, _head.Uid ?? (isOld ? old.Owner : own.Owner), _head.Gid ?? (isOld ? old.Group : own.Group));
        _private.SetMode(FileName, _head.Mode ?? (isOld ? old.Permissions & 0x1ffu : 0x1a4));
        _file.Sync();
        _private.Rename(FileName, directory, name);
        directory.Sync();
        return isOld;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
        _private.UnlinkIfExists(FileName);
    }
}
