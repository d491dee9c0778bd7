using System.Security.Cryptography;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Images;

/// <summary>Asks image servers for images: in their order, a few at a time, with a time limit, and checks what they say. Safe for several threads.</summary>
internal sealed partial class ImageLookup(ImageServers servers, TimeProvider clock, ILogger logger) : IDisposable
{
    private const int Parallel = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _parallel = new(Parallel);

    /// <summary>Tries the servers in order; the first that has the image counts.</summary>
    public async Task<(ResolvedImage? Image, RpcException? Fault)> TryAllAsync(string name, CancellationToken cancellationToken)
    {
        RpcException? worst = null;
        foreach (var server in servers.Order)
        {
            try
            {
                return (await TryAsync(server, name, cancellationToken), null);
            }
            catch (RpcException fault)
            {
                // That it is not there counts only if every server says so: another one may not have been asked.
                worst = worst is null || fault.Status is not (RpcStatus.NotFound or RpcStatus.InvalidArgument) ? fault : worst;
            }
        }

        return (null, worst ?? new RpcException(RpcStatus.Unavailable, "there is no image server"));
    }

    /// <summary>Asks servers that failed before, which stand behind one that works, so that they return to their place in the order.</summary>
    public async Task ProbeAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var server in servers.TakeForgotten(ProbeAfter))
        {
            try
            {
                await TryAsync(server, name, cancellationToken);
                LogServerBack(logger, server);
            }
            catch (RpcException fault)
            {
                // The server list has noted how it went.
                LogProbed(logger, server, fault.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _parallel.Dispose();

    private async Task<ResolvedImage> TryAsync(string server, string name, CancellationToken cancellationToken)
    {
        await _parallel.WaitAsync(cancellationToken);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var response = await servers.Channel(server).CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name }, either.Token);
            servers.Note(server, "");
            return Read(server, name, response);
        }
        catch (RpcException fault) when (fault.Status is RpcStatus.NotFound or RpcStatus.InvalidArgument)
        {
            servers.Note(server, "");
            throw;
        }
        catch (RpcException fault)
        {
            servers.Note(server, fault.Message);
            throw;
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            var late = new RpcException(RpcStatus.DeadlineExceeded, $"{server} did not answer within {Patience.TotalSeconds:0} s", innerException: fault);
            servers.Note(server, late.Message);
            throw late;
        }
        finally
        {
            _parallel.Release();
        }
    }

    private static ResolvedImage Read(string server, string name, ImageResponse response)
    {
        var digest = new ObjectId(SHA256.HashData(response.Manifest));
        if (digest != response.Info.Manifest)
        {
            throw new RpcException(RpcStatus.Internal, $"{server} gave a manifest of '{name}' that is not the one it names: check its storage with dom image check");
        }

        try
        {
            var manifest = Manifest.Decode(response.Manifest);
            return new ResolvedImage
            {
                Name = name,
                Manifest = digest,
                IsSparse = manifest.Mode == ImageMode.Sparse,
                ComputedPaths = manifest.ComputedPaths,
                ExpiresOn = manifest.ExpiresOn,
                CreatedOn = response.Info.CreatedOn,
                Server = server,
            };
        }
        catch (ManifestException fault)
        {
            throw new RpcException(RpcStatus.Internal, $"the image '{name}' cannot be used: {fault.Message}", innerException: fault);
        }
    }

    [LoggerMessage(4104, LogLevel.Information, "Image server {Server} answers again.")]
    private static partial void LogServerBack(ILogger logger, string server);

    [LoggerMessage(4105, LogLevel.Debug, "Image server {Server}, which failed before, was asked again: {Answer}")]
    private static partial void LogProbed(ILogger logger, string server, string answer);
}
