using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Everything an image server keeps, on disk below one directory and in memory, and the methods that work on it.</summary>
internal sealed class ImageServerState : IAsyncDisposable
{
    private readonly ObjectService _objects;

    private ImageServerState(ImageArchive archive, ImageNames names, TimeProvider time, ILogger log)
    {
        Archive = archive;
        Names = names;
        Leases = new UploadLeases(time);
        Images = new ImageService(archive, names, Leases, Counters, time, log);
        _objects = new ObjectService(archive, Leases, Counters, time);
    }

    /// <summary>The stores.</summary>
    public ImageArchive Archive { get; }

    /// <summary>The names.</summary>
    public ImageNames Names { get; }

    /// <summary>Uploads under way.</summary>
    public UploadLeases Leases { get; }

    /// <summary>Images by name.</summary>
    public ImageService Images { get; }

    /// <summary>What went in and out.</summary>
    public ImageServerCounters Counters { get; } = new();

    /// <summary>Opens the state in a directory, making what is not there. Reads the names and nothing else.</summary>
    public static async Task<ImageServerState> OpenAsync(string directory, TimeProvider time, ILogger log)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var archive = await ImageArchive.OpenAsync(directory, time, log);
        try
        {
            return new ImageServerState(archive, ImageNames.Open(Path.Combine(directory, "names"), log), time, log);
        }
        catch
        {
            await archive.DisposeAsync();
            throw;
        }
    }

    /// <summary>Maps the methods of both services.</summary>
    public void MapTo(RpcRouter router)
    {
        Images.MapTo(router);
        _objects.MapTo(router);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Names.DisposeAsync();
        await Archive.DisposeAsync();
    }
}
