using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;

namespace Dom.Roles.Sub.Images;

/// <summary>Computed sets that the master pushed (rule 12), kept durably by digest.</summary>
internal sealed class ComputedSets
{
    private const int MaxBytes = 16 << 20;
    private const int MaxFiles = 10_000;
    private const long MaxFileBytes = 1L << 30;

    private readonly DirectoryHandle _directory;
    private readonly FileObjectStore _objects;

    /// <summary>Opens the sets of a private directory.</summary>
    public ComputedSets(PrivateDirectory directory)
    {
        _directory = directory.Directory.OpenOrMakeDirectory("computed"u8, 0x1c0);
        _objects = directory.Objects;
    }

    /// <summary>The set this process received last, which no poll may have named yet; none before the first.</summary>
    public ObjectId LastReceived { get; private set; }

    /// <summary>The set of this digest; null when it is not here or damaged.</summary>
    public ComputedSet? Find(ObjectId digest)
    {
        if (digest.IsNone || _directory.ReadFileIfExists(Name(digest), MaxBytes) is not { } bytes)
        {
            return null;
        }

        return ObjectId.Of(bytes) == digest ? ComputedSet.Decode(bytes) : null;
    }

    /// <summary>Takes a set with its objects; durable when this returns.</summary>
    /// <param name="chunks">The entries, then the objects.</param>
    /// <param name="requireHold">Throws when the hold of this number does not count; called before anything is taken.</param>
    /// <param name="cancellationToken">Ends it; what was not complete is forgotten.</param>
    public async Task<ComputedSet> ReceiveAsync(IAsyncEnumerable<ComputedChunk> chunks, Action<ulong> requireHold, CancellationToken cancellationToken)
    {
        var isFirst = true;
        var files = new List<ComputedFile>();
        ObjectWriter? writer = null;
        try
        {
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                if (isFirst)
                {
                    requireHold(chunk.Hold);
                    isFirst = false;
                }

                if (!chunk.Path.IsEmpty)
                {
                    files.Add(ReadEntry(chunk, files.Count));
                }
                else
                {
                    writer = await StoreAsync(chunk, writer, files, cancellationToken);
                }
            }

            if (isFirst)
            {
                requireHold(0);
            }

            await CommitAsync(writer, cancellationToken);
        }
        finally
        {
            writer?.Dispose();
        }

        await _objects.SyncAsync(cancellationToken);
        var set = Make(files);
        var missing = set.Files.FirstOrDefault(file => !file.Object.IsNone && _objects.GetSize(file.Object) != file.Size);
        if (!missing.Path.IsEmpty)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"the content of the computed file {missing.Path} ({missing.Object}) was not sent");
        }

        if (!set.Digest.IsNone)
        {
            _directory.ReplaceFile(Name(set.Digest), set.Bytes.Span);
        }

        LastReceived = set.Digest;

        return set;
    }

    /// <summary>Removes the sets that none of these digests names.</summary>
    public void Keep(IReadOnlySet<ObjectId> digests)
    {
        foreach (var name in _directory.ListNames())
        {
            if (!ObjectId.TryParse(Encoding.ASCII.GetString(name), out var digest) || !digests.Contains(digest))
            {
                _directory.UnlinkIfExists(name);
            }
        }
    }

    private static ComputedSet Make(List<ComputedFile> files)
    {
        try
        {
            return new ComputedSet(files);
        }
        catch (FormatException e)
        {
            throw new RpcException(RpcStatus.InvalidArgument, e.Message, innerException: e);
        }
    }

    private static ComputedFile ReadEntry(ComputedChunk chunk, int count)
    {
        if (count >= MaxFiles || chunk.Size is < 0 or > MaxFileBytes || !chunk.Path.IsAbsolute)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"a computed set has at most {MaxFiles} files of {MaxFileBytes} bytes at absolute paths; '{chunk.Path}' goes beyond");
        }

        return new ComputedFile(new UnixPath(chunk.Path.Bytes.ToArray()), chunk.Object, chunk.Size);
    }

    private async Task<ObjectWriter?> StoreAsync(ComputedChunk chunk, ObjectWriter? writer, List<ComputedFile> files, CancellationToken cancellationToken)
    {
        if (writer is null || writer.Id != chunk.Object)
        {
            await CommitAsync(writer, cancellationToken);
            writer?.Dispose();
            var size = files.Find(file => file.Object == chunk.Object) is { Size: > 0 } file
                ? file.Size
                : throw new RpcException(RpcStatus.InvalidArgument, $"the object {chunk.Object} belongs to no file of the computed set");
            if (_objects.GetSize(chunk.Object) == size)
            {
                return null;
            }

            writer = await _objects.OpenWriteAsync(chunk.Object, size, 0, cancellationToken);
        }

        await writer.WriteAsync(chunk.Data, cancellationToken);
        return writer;
    }

    private static async Task CommitAsync(ObjectWriter? writer, CancellationToken cancellationToken)
    {
        if (writer is not null)
        {
            await writer.CommitAsync(cancellationToken);
        }
    }

    private static byte[] Name(ObjectId digest) => Encoding.ASCII.GetBytes(digest.ToString());
}
