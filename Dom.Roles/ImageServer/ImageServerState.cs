using Dom.Core.Rpc;
using Dom.Roles.ImageServer.Garbage;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Everything an image server keeps, on disk below one directory and in memory, and the methods that work on it.</summary>
internal sealed class ImageServerState : IAsyncDisposable
{
    private readonly ObjectService _objects;
    private readonly GarbageService _garbage;
    private readonly GarbageSchedule _schedule;
    private readonly CancellationTokenSource _stopping = new();
    private Task _background = Task.CompletedTask;

    private ImageServerState(ImageArchive archive, ImageNames names, ImageServerOptions options, TimeProvider time, ILogger log)
    {
        Archive = archive;
        Names = names;
        Leases = new UploadLeases(time);
        Images = new ImageService(archive, names, Leases, Counters, options, time, log);
        Garbage = new GarbageCollector(archive, names, Leases, time, log);
        _garbage = new GarbageService(Garbage, options);
        _schedule = new GarbageSchedule(Garbage, archive, options, time, log);
        _objects = new ObjectService(archive, Leases, Counters, time);
    }

    /// <summary>The stores.</summary>
    public ImageArchive Archive { get; }

    /// <summary>The names.</summary>
    public ImageNames Names { get; }

    /// <summary>Uploads under way.</summary>
    public UploadLeases Leases { get; }

    /// <summary>Collects garbage.</summary>
    public GarbageCollector Garbage { get; }

    /// <summary>Images by name.</summary>
    public ImageService Images { get; }

    /// <summary>What went in and out.</summary>
    public ImageServerCounters Counters { get; } = new();

    /// <summary>Opens the state in a directory, making what is not there. Reads the names and nothing else.</summary>
    public static async Task<ImageServerState> OpenAsync(ImageServerOptions options, TimeProvider time, ILogger log)
    {
        var directory = options.StateDirectory;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var archive = await ImageArchive.OpenAsync(directory, time, log);
        try
        {
            return new ImageServerState(archive, ImageNames.Open(Path.Combine(directory, "names"), log), options, time, log);
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
        _garbage.MapTo(router);
    }

    /// <summary>Starts what the server does by itself.</summary>
    public void StartBackground() => _background = Task.WhenAll(Task.Run(() => _schedule.RunAsync(_stopping.Token), CancellationToken.None));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _background;
        }
        catch (OperationCanceledException)
        {
            // As was asked for.
        }

        _stopping.Dispose();
        Garbage.Dispose();
        Leases.Dispose();
        await Names.DisposeAsync();
        await Archive.DisposeAsync();
    }
}
