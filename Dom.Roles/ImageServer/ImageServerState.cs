using Dom.Core.Rpc;
using Dom.Roles.ImageServer.Directories;
using Dom.Roles.ImageServer.Garbage;
using Dom.Roles.ImageServer.Scrub;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Everything an image server keeps, on disk below one directory and in memory, and the methods that work on it.</summary>
internal sealed class ImageServerState : IAsyncDisposable
{
    private readonly ObjectService _objects;
    private readonly GarbageService _garbage;
    private readonly GarbageSchedule _schedule;
    private readonly DirectoryService _directories;
    private readonly ImageQueries _queries;
    private readonly CancellationTokenSource _stopping = new();
    private Task _background = Task.CompletedTask;

    private ImageServerState(ImageArchive archive, ImageNames names, ImageDirectories directories, ImageServerOptions options, TimeProvider time, ILogger log)
    {
        Archive = archive;
        Names = names;
        Leases = new UploadLeases(time);
        Directories = directories;
        var rights = new ImageRights(directories);
        Images = new ImageService(archive, names, directories, rights, Leases, Counters, options, time, log);
        Expiry = new ImageExpiry(names, Images, directories, rights, time, log);
        Scrubber = new Scrubber(archive, options, time, log);
        Garbage = new GarbageCollector(archive, names, Leases, time, log);
        _garbage = new GarbageService(Garbage, options);
        _schedule = new GarbageSchedule(Garbage, archive, options, time, log);
        _directories = new DirectoryService(directories, names, time);
        _queries = new ImageQueries(archive, names, Images);
        _objects = new ObjectService(archive, Leases, Counters, time);
    }

    /// <summary>The stores.</summary>
    public ImageArchive Archive { get; }

    /// <summary>The names.</summary>
    public ImageNames Names { get; }

    /// <summary>Uploads under way.</summary>
    public UploadLeases Leases { get; }

    /// <summary>The directories of names.</summary>
    public ImageDirectories Directories { get; }

    /// <summary>Forgets what expires.</summary>
    public ImageExpiry Expiry { get; }

    /// <summary>Verifies what is stored.</summary>
    public Scrubber Scrubber { get; }

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
        ImageNames? names = null;
        try
        {
            names = ImageNames.Open(Path.Combine(directory, "names"), log);
            return new ImageServerState(archive, names, ImageDirectories.Open(Path.Combine(directory, "directories"), log), options, time, log);
        }
        catch
        {
            if (names is not null)
            {
                await names.DisposeAsync();
            }

            await archive.DisposeAsync();
            throw;
        }
    }

    /// <summary>Maps the methods of all services.</summary>
    public void MapTo(RpcRouter router)
    {
        Images.MapTo(router);
        _objects.MapTo(router);
        _garbage.MapTo(router);
        Expiry.MapTo(router);
        _directories.MapTo(router);
        _queries.MapTo(router);
    }

    /// <summary>Starts what the server does by itself.</summary>
    /// <param name="failed">Gets what should never happen: a job that ended with an error it does not know.</param>
    public void StartBackground(Action<Exception> failed) => _background = Task.WhenAll(
        Task.Run(() => RunAsync(_schedule.RunAsync, failed), CancellationToken.None),
        Task.Run(() => RunAsync(Expiry.RunAsync, failed), CancellationToken.None),
        Task.Run(() => RunAsync(Scrubber.RunAsync, failed), CancellationToken.None));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _background;
        _stopping.Dispose();
        Garbage.Dispose();
        Leases.Dispose();
        await Names.DisposeAsync();
        await Directories.DisposeAsync();
        await Archive.DisposeAsync();
    }

    private async Task RunAsync(Func<CancellationToken, Task> job, Action<Exception> failed)
    {
        try
        {
            await job(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server is being stopped.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failed(e);
        }
    }
}
