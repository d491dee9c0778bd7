using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Tools;

/// <summary>
/// What people change on one machine past every image (rule 21): a file, a removal, a restart. Each method must be named in full in the certificate, and each call is
/// audited with its reason. What they change is drift like any other: the next update corrects it.
/// </summary>
internal sealed class DirectChangeService(SubParts parts, SubOptions options, PathFilter exclusions, SubService directions, ILogger log) : IDisposable
{
    private readonly TreePlace _place = new(parts, exclusions);
    private readonly SemaphoreSlim _pushing = new(1);

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        PushedFile.RemoveRest(parts.Directory.Directory);
        router.MapClientStream(SubdMethods.PushFile, PushAsync);
        router.Map(SubdMethods.Delete, DeleteAsync);
        router.Map(SubdMethods.RestartService, RestartAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => _pushing.Dispose();

    /// <summary>The one place where a change past the images is allowed or refused. A freeze, and a sub that requires signed images, refuse it here once they exist.</summary>
    private static void RequireAllowed(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > PushFileChunk.MaxReason)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a change past the images needs a reason of at most {PushFileChunk.MaxReason} characters", "NoReason");
        }
    }

    private async ValueTask<PushFileResponse> PushAsync(IAsyncEnumerable<PushFileChunk> chunks, RpcCall call, CancellationToken cancellationToken)
    {
        if (!await _pushing.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            throw new RpcException(RpcStatus.ResourceExhausted, "another file is being pushed to this machine", "Busy", retryable: true);
        }

        PushedFile? file = null;
        try
        {
            PushFileChunk? head = null;
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                if (head is null)
                {
                    call.SetAudit(chunk.Path.ToString(), chunk.Reason);
                    Require(chunk);
                    head = chunk;
                    file = PushedFile.Begin(parts.Directory.Directory, head);
                }

                file!.Append(chunk.Data.Span);
            }

            if (head is null || file is null)
            {
                throw new RpcException(RpcStatus.InvalidArgument, "no file was named", "BadPath");
            }

            file.Complete();
            var pushed = file;
            var replaced = await directions.BesideUpdatesAsync(() => _place.Enter(head.Path, pushed.Place), cancellationToken);
            log.FilePushed(head.Path.ToString(), call.Caller.User, head.Reason);
            await LookAsync([head.Path]);
            return new PushFileResponse { Replaced = replaced };
        }
        catch (LinuxException e)
        {
            throw new RpcException(RpcStatus.Internal, e.Message, "NotWritten", retryable: false, e);
        }
        finally
        {
            file?.Dispose();
            _pushing.Release();
        }
    }

    private void Require(PushFileChunk head)
    {
        RequireAllowed(head.Reason);
        _place.Require(head.Path);
        if (head.Size is < 0 or > PushFileChunk.MaxFileBytes)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a pushed file has {PushFileChunk.MaxFileBytes} bytes at most; larger ones belong into an image", RpcErrorCode.TooLarge);
        }

        if (head.Mode > 0x1ff || head.Uid == uint.MaxValue || head.Gid == uint.MaxValue)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "a pushed file has a mode of 0777 at most, without set-id and sticky, and an owner that exists; what needs more belongs into an image", "BadMode");
        }

        if (head.Size > parts.Directory.Objects.GetFileSystemStatus().AvailableBytes)
        {
            throw new RpcException(RpcStatus.Conflict, $"the file system has no room for {head.Size} bytes", "NoRoom");
        }

        // Before anything is sent in vain; it is opened once more when the file takes its place.
        _place.Enter(head.Path, static (_, _) => true);
    }

    private async ValueTask<DeleteResponse> DeleteAsync(DeleteRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(string.Join(' ', request.Paths.Take(DeleteRequest.MaxPaths)), request.Reason);
        RequireAllowed(request.Reason);
        if (request.Paths.Count is 0 or > DeleteRequest.MaxPaths)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"one call names 1 to {DeleteRequest.MaxPaths} paths; this one names {request.Paths.Count}", RpcErrorCode.TooLarge);
        }

        foreach (var path in request.Paths)
        {
            _place.Require(path);
        }

        var outcome = await directions.BesideUpdatesAsync(() => request.Paths.Select(Remove).ToList(), cancellationToken);
        foreach (var removed in outcome.Where(static p => p.Error.Length == 0))
        {
            log.FileDeleted(removed.Path.ToString(), call.Caller.User, request.Reason);
        }

        await LookAsync(request.Paths);
        return new DeleteResponse { Paths = outcome };
    }

    private DeletedPath Remove(UnixPath path)
    {
        try
        {
            return _place.Enter(path, (directory, name) =>
            {
                var error = directory.TryGetStatus(name, out var status);
                error = error != Errno.None ? error : status.Kind == FileKind.Directory ? directory.TryRemoveDirectory(name) : directory.TryUnlink(name);
                return new DeletedPath { Path = path, Error = error == Errno.None ? "" : new LinuxException(error, "remove", path.ToString()).Message };
            });
        }
        catch (RpcException e)
        {
            return new DeletedPath { Path = path, Error = e.Message };
        }
    }

    private async ValueTask<RestartServiceResponse> RestartAsync(RestartServiceRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(request.Service, request.Reason);
        RequireAllowed(request.Reason);
        if (request.Service.Length is 0 or > RestartServiceRequest.MaxName || request.Service[0] == '-' || !request.Service.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or ':' or '\\'))
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"'{request.Service}' is no name of a service", "BadService");
        }

        if (!options.ManagesServices)
        {
            throw new RpcException(RpcStatus.Conflict, "services are not stopped or started here: the root is not the machine's, and no ServiceCommand= is set", "NoServices");
        }

        if (ServiceNames.Contain(options.OwnService, request.Service))
        {
            throw new RpcException(RpcStatus.Conflict, $"'{request.Service}' is the service of this sub, which would not live to say how it went", "OwnService");
        }

        // A restart that has begun goes on to its end, whoever still waits for it.
        var (done, error) = await parts.Engine.TryRunServiceAsync(ServiceVerb.Restart, request.Service, CancellationToken.None);
        if (!done)
        {
            throw new RpcException(RpcStatus.Conflict, "an update is running, or services are being started; try again when that is over", "Busy");
        }

        log.ServiceRestarted(request.Service, call.Caller.User, request.Reason);
        return error is null ? new RestartServiceResponse() : throw new RpcException(RpcStatus.Internal, error, "RestartFailed");
    }

    /// <summary>The sub sees at once what was done, whether or not the kernel tells it.</summary>
    private async Task LookAsync(IReadOnlyCollection<UnixPath> paths)
    {
        try
        {
            await parts.Watch.RescanAsync(paths, CancellationToken.None);
        }
        catch (IOException e)
        {
            // The change is made; the next look at every file finds it.
            log.ScanFailed(e.Message);
        }
    }
}
