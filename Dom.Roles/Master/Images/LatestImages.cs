using Dom.Core.Contracts.ImageServer;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Images;

/// <summary>
/// Knows the newest image of each directory from which machines require images, images that expire aside. One question for each directory, one after the
/// other and at its own pace: who wants to know never waits, and asks nobody. Shown only, nothing is decided by it. Safe for several threads.
/// </summary>
/// <param name="servers">The image servers.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">For jitter.</param>
/// <param name="changed">Called, outside any lock, with a directory that has another newest image.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LatestImages(ImageServers servers, TimeProvider clock, Random random, Action<string> changed, ILogger logger)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _directories = new(StringComparer.Ordinal);
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Tells from which directories machines require images. New ones are asked for soon, others are forgotten.</summary>
    public void SetNeeded(IReadOnlySet<string> directories)
    {
        lock (_lock)
        {
            foreach (var directory in _directories.Keys.Where(d => !directories.Contains(d)).ToList())
            {
                _directories.Remove(directory);
            }

            foreach (var directory in directories)
            {
                if (_directories.TryAdd(directory, new Entry { Due = clock.GetTimestamp() }))
                {
                    _added.TrySetResult();
                }
            }
        }
    }

    /// <summary>The newest image of an image's directory if that one is newer; empty when it is not, or not known.</summary>
    public string NewerThan(ResolvedImage image)
    {
        lock (_lock)
        {
            return _directories.GetValueOrDefault(Brake.DirectoryName(image.Name))?.Latest is { } latest
                && latest.Name != image.Name && image.CreatedOn is { } created && latest.CreatedOn > created
                    ? latest.Name
                    : "";
        }
    }

    /// <summary>Asks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(FirstRetry, Refresh, random);
        try
        {
            while (true)
            {
                if (TakeDue(out var directory, out var added) is { } entry)
                {
                    await AskAsync(directory, entry, backoff, cancellationToken);
                }
                else
                {
                    await WaitAsync(added, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogEnded(logger);
        }
    }

    /// <summary>A directory whose time has come, the one that waits longest; its next time is set.</summary>
    private Entry? TakeDue(out string directory, out Task added)
    {
        var now = clock.GetTimestamp();
        lock (_lock)
        {
            if (_added.Task.IsCompleted)
            {
                _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            (directory, added) = ("", _added.Task);
            if (_directories.Count == 0)
            {
                return null;
            }

            (var first, var entry) = _directories.MinBy(static d => d.Value.Due);
            if (entry.Due > now)
            {
                return null;
            }

            directory = first;
            entry.Due = now + Ticks(Refresh * (0.75 + (random.NextDouble() / 2)));
            return entry;
        }
    }

    private async Task AskAsync(string directory, Entry entry, Backoff backoff, CancellationToken cancellationToken)
    {
        ImageInfo? latest;
        try
        {
            latest = await FindAsync(directory, cancellationToken);
            backoff.Reset();
        }
        catch (RpcException fault)
        {
            // What is known stays. Nobody else is asked meanwhile: the servers have something better to do.
            var wait = backoff.Next();
            if (backoff.Failures == 1)
            {
                LogNotKnown(logger, directory, fault.Message);
            }

            lock (_lock)
            {
                entry.Due = clock.GetTimestamp() + Ticks(wait);
            }

            await Task.Delay(wait, clock, cancellationToken);
            return;
        }

        bool isOther;
        lock (_lock)
        {
            isOther = entry.Latest?.Name != latest?.Name;
            entry.Latest = latest;
        }

        if (isOther)
        {
            changed(directory);
        }
    }

    /// <summary>The newest image, from the first server that answers; null when there is none.</summary>
    /// <exception cref="RpcException">No server answers, or none may be asked.</exception>
    private async Task<ImageInfo?> FindAsync(string directory, CancellationToken cancellationToken)
    {
        RpcException? last = null;
        foreach (var server in servers.Order)
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                return await servers.Channel(server).CallAsync(
                    ImageServerMethods.FindLatestImage, new FindLatestRequest { Directory = directory, IgnoreExpiring = true, NotBelow = true }, either.Token);
            }
            catch (RpcException fault) when (fault.Status is RpcStatus.NotFound or RpcStatus.InvalidArgument)
            {
                return null;
            }
            catch (RpcException fault)
            {
                last = fault;
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                last = new RpcException(RpcStatus.DeadlineExceeded, $"{server} did not answer within {Patience.TotalSeconds:0} s", innerException: late);
            }
        }

        throw last ?? new RpcException(RpcStatus.Unavailable, "there is no image server");
    }

    private async Task WaitAsync(Task added, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            wait = _directories.Count == 0
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromSeconds(Math.Max(0, _directories.Values.Min(static e => e.Due) - clock.GetTimestamp()) / (double)clock.TimestampFrequency) + TimeSpan.FromMilliseconds(1);
        }

        try
        {
            await added.WaitAsync(wait, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The next directory is due.
            return;
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    [LoggerMessage(4106, LogLevel.Warning, "The newest image of directory '{Directory}' is not known, so lists of machines with an outdated image may lack some: {Error}")]
    private static partial void LogNotKnown(ILogger logger, string directory, string error);

    [LoggerMessage(4107, LogLevel.Debug, "The newest images of directories are no longer asked for.")]
    private static partial void LogEnded(ILogger logger);

    private sealed class Entry
    {
        public ImageInfo? Latest { get; set; }

        /// <summary>When it is asked for next, by the clock's timestamp.</summary>
        public long Due { get; set; }
    }
}
