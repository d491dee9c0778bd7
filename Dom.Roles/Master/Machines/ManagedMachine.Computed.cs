using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Master.Computed;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Rule 12: files whose content is computed for this machine are asked of their generators, pushed, and named with the image in polls.</summary>
internal sealed partial class ManagedMachine
{
    private static readonly TimeSpan GeneratePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PushPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstGenerateRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestGenerateRetry = TimeSpan.FromMinutes(2);

    private readonly Backoff _computedBackoff;

    // The set that polls name, and the manifest it is for; none before the first.
    private ObjectId _computedSet;
    private ObjectId _computedFor;
    private string _computedFault = "";
    private long _computedDue;
    private int _dataChanged;

    /// <summary>The image as polls name it. Without a set the sub keeps the one it has applied with this image.</summary>
    private ImageReference? RequiredReference(ResolvedImage? image) =>
        Reference(image) is { } reference ? reference with { ComputedSet = image!.Manifest == _computedFor ? _computedSet : default } : null;

    /// <summary>Gets the computed files anew if that is due, and pushes them when they are others; true when the next answer has to be waited for.</summary>
    private async Task<bool> RenewComputedAsync(ResolvedImage? image, PollResponse answer)
    {
        if (image is null || image.ComputedPaths.Count == 0)
        {
            (_computedFor, _computedSet, _computedFault, _computedDue) = (default, default, "", 0);
            return false;
        }

        if (answer.Phase != SubPhase.Idle)
        {
            // While something runs on the machine, the loop must hear of a stop at once.
            return false;
        }

        var isLost = answer.RequiredReadiness == ImageReadiness.MissingComputedFile && answer.RequiredManifest == image.Manifest && !_computedSet.IsNone && _computedFault.Length == 0;
        if (_computedFor == image.Manifest && !isLost && !IsDue(_computedDue) && Interlocked.Exchange(ref _dataChanged, 0) == 0)
        {
            return false;
        }

        if (_computedFor != image.Manifest)
        {
            (_computedFor, _computedSet, _computedFault) = (image.Manifest, default, "");
            _computedBackoff.Reset();
        }

        Interlocked.Exchange(ref _dataChanged, 0);
        using var memory = _context.Generators.Memory.Open();
        try
        {
            var files = await GenerateAsync(image, memory);
            var isOther = isLost || files.Set.Digest != _computedSet;
            if (isOther)
            {
                await PushComputedAsync(files);
            }

            _computedSet = files.Set.Digest;
            _computedFault = "";
            _computedBackoff.Reset();
            _computedDue = After(files.ValidFor * (0.9 + (_context.Random.NextDouble() / 10)));
            _directed |= isOther;
            return isOther;
        }
        catch (RpcException fault) when (fault.Code == ComputedFault || IsAnswer(fault))
        {
            if (_computedFault != fault.Message)
            {
                LogNotComputed(_context.Logger, Hostname, fault.Message);
            }

            _computedFault = fault.Message;
            _computedDue = After(_computedBackoff.Next());
            return false;
        }
    }

    private const string ComputedFault = "ComputedFault";

    private async Task<GeneratedFiles> GenerateAsync(ResolvedImage image, ComputedMemory.Share memory)
    {
        try
        {
            return await _context.Generators.GenerateAsync(Entry, image.ComputedPaths, memory, _waits.Begin(GeneratePatience, listens: false));
        }
        catch (RpcException fault)
        {
            throw new RpcException(fault.Status, fault.Message, ComputedFault, fault.Retryable, fault);
        }
        catch (OperationCanceledException late) when (!_waits.IsStopped)
        {
            throw memory.IsWaiting
                ? new RpcException(RpcStatus.ResourceExhausted, $"{_context.Generators.Memory.Bytes >> 20} MiB of computed files wait for other machines to take them, and for {GeneratePatience.TotalSeconds:0} s there was no room for this one's", ComputedFault, innerException: late)
                : new RpcException(RpcStatus.DeadlineExceeded, $"its file generators did not answer within {GeneratePatience.TotalSeconds:0} s", ComputedFault, innerException: late);
        }
    }

    private async Task PushComputedAsync(GeneratedFiles files)
    {
        try
        {
            var token = _waits.Begin(PushPatience, listens: false);
            var result = await _channel.UploadAsync(SubdMethods.SetComputed, Chunks(files, _hold, token), token);
            if (result.Set != files.Set.Digest)
            {
                throw new RpcException(RpcStatus.Internal, $"the machine made {result.Set.ToShortString()} of the computed set {files.Set.Digest.ToShortString()}", "AnswerUnfit");
            }
        }
        catch (OperationCanceledException late) when (!_waits.IsStopped)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, $"computed files were not taken within {PushPatience.TotalSeconds:0} s", innerException: late);
        }
    }

    private static async IAsyncEnumerable<ComputedChunk> Chunks(GeneratedFiles files, ulong hold, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.WaitAsync(cancellationToken);
        foreach (var file in files.Set.Files)
        {
            yield return new ComputedChunk { Hold = hold, Path = file.Path, Object = file.Object, Size = file.Size };
        }

        foreach (var (id, content) in files.Contents)
        {
            for (var offset = 0; offset < content.Length; offset += ObjectChunk.MaxBytes)
            {
                yield return new ComputedChunk { Object = id, Data = content.AsMemory(offset, Math.Min(ObjectChunk.MaxBytes, content.Length - offset)) };
            }
        }
    }
}
