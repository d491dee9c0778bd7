using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Core.Images;

/// <summary>Brings an object that belongs to an image and lies in no directory of it, such as the log of its build, to the image server.</summary>
internal static class AttachmentUpload
{
    /// <summary>Sends the object unless it is there; returns the lease that protects it, empty when none was needed.</summary>
    internal static async Task<string> SendAsync(
        RpcChannel server, ImageName name, ReadOnlyMemory<byte> content, string lease, CancellationToken cancellationToken)
    {
        var id = ObjectId.Of(content.Span);
        var request = new CheckObjectsRequest { Kind = ObjectKind.Object, Ids = [id], Lease = lease };
        var answer = await server.CallAsync(ObjectServerMethods.CheckObjects, request, cancellationToken);
        if (answer.Sizes.Count == 1 && answer.Sizes[0] >= 0)
        {
            return lease;
        }

        if (lease.Length == 0)
        {
            var begin = new BeginUploadRequest { Name = name.ToString(), Bytes = content.Length };
            lease = (await server.CallAsync(ImageServerMethods.BeginUpload, begin, cancellationToken)).Lease;
        }

        await server.UploadAsync(ObjectServerMethods.AddObjects, ReadAsync(id, content, lease, cancellationToken), cancellationToken);
        return lease;
    }

    private static async IAsyncEnumerable<ObjectChunk> ReadAsync(
        ObjectId id, ReadOnlyMemory<byte> content, string lease, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (var offset = 0; offset < content.Length; offset += ObjectChunk.MaxBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ObjectChunk
            {
                Id = id,
                Size = content.Length,
                Offset = offset,
                Data = content.Slice(offset, Math.Min(ObjectChunk.MaxBytes, content.Length - offset)),
                Lease = offset == 0 ? lease : "",
            };
        }
    }
}
