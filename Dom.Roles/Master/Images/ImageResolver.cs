using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Dom.Roles.Master.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Images;

/// <summary>
/// Knows the manifest digest behind each image name that machines need. A name that is not there is asked for again soon, one that is known now and
/// then; while no server answers, what was known stays in force. Safe for several threads.
/// </summary>
internal sealed partial class ImageResolver : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ImageLookup _lookup;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Action<string> _changed;
    private readonly Func<Task> _save;
    private readonly ILogger _logger;

    /// <param name="servers">The image servers.</param>
    /// <param name="state">What was known before a restart.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">For jitter.</param>
    /// <param name="save">Makes <see cref="Snapshot"/> durable.</param>
    /// <param name="changed">Called with a name when what is known of it changes.</param>
    /// <param name="logger">The log.</param>
    public ImageResolver(
        ImageServers servers, ImagesState state, TimeProvider clock, Random random, Func<Task> save, Action<string> changed, ILogger logger)
    {
        _lookup = new ImageLookup(servers, clock, logger);
        _clock = clock;
        _random = random;
        _save = save;
        _changed = changed;
        _logger = logger;
        foreach (var image in state.Images)
        {
            _entries[image.Name] = new Entry { Image = image };
        }
    }

    /// <summary>What is known of an image, also when its name is gone since; null when nothing is.</summary>
    public ResolvedImage? Find(string name)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(name)?.Image;
        }
    }

    /// <summary>Why an image is not known, or gone.</summary>
    public string ErrorOf(string name)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(name)?.Error is { Length: > 0 } error ? error : "the image servers have not answered yet";
        }
    }

    /// <summary>Every name machines need, with what is known of it; no image for one that is gone.</summary>
    public IReadOnlyList<(string Name, ResolvedImage? Image, string Error)> Report()
    {
        lock (_lock)
        {
            return [.. _entries.Where(e => e.Value.Stop is not null).Select(e => (e.Key, e.Value.Image is { IsGone: true } ? null : e.Value.Image, e.Value.Error))];
        }
    }

    /// <summary>What must be remembered, so that a restart needs no image server.</summary>
    public ImagesState Snapshot()
    {
        lock (_lock)
        {
            return new ImagesState { Images = [.. _entries.Values.Select(e => e.Image).OfType<ResolvedImage>().OrderBy(i => i.Name, StringComparer.Ordinal)] };
        }
    }

    /// <summary>Tells which names machines need. New ones are asked for at once, others are forgotten.</summary>
    public void SetNeeded(IReadOnlySet<string> names, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var name in _entries.Keys.Where(n => !names.Contains(n)).ToList())
            {
                _entries[name].Stop?.Cancel();
                _entries.Remove(name);
            }

            foreach (var name in names)
            {
                if (!_entries.TryGetValue(name, out var entry))
                {
                    entry = new Entry();
                    _entries.Add(name, entry);
                }

                if (entry.Stop is null)
                {
                    entry.Stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    entry.Running = KeepAsync(name, entry, entry.Stop.Token);
                }
            }
        }
    }

    /// <summary>Asks once for an image that no machine needs, for a comparison a person wants.</summary>
    /// <exception cref="RpcException">No server has it or none answers.</exception>
    public async Task<ResolvedImage> AskAsync(string name, CancellationToken cancellationToken)
    {
        var (image, fault) = await _lookup.TryAllAsync(name, cancellationToken);
        return image ?? throw fault ?? new RpcException(RpcStatus.NotFound, $"there is no image '{name}'");
    }

    /// <summary>Waits until nothing runs any more; the token given to <see cref="SetNeeded"/> must have been cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Task> running;
        lock (_lock)
        {
            running = [.. _entries.Values.Select(e => e.Running)];
        }

        await Task.WhenAll(running);
        _lookup.Dispose();
    }

    private async Task KeepAsync(string name, Entry entry, CancellationToken cancellationToken)
    {
        // Leaves the caller's lock.
        await Task.Yield();
        var backoff = new Backoff(FirstRetry, LongestRetry, _random);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var (image, fault) = await _lookup.TryAllAsync(name, cancellationToken);
                Take(name, entry, image, fault);
                await _lookup.ProbeAsync(name, cancellationToken);
                TimeSpan wait;
                if (image is not null)
                {
                    backoff.Reset();
                    wait = Refresh * (0.75 + (_random.NextDouble() / 2));
                }
                else
                {
                    wait = backoff.Next();
                }

                await Task.Delay(wait, _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody needs the name any more, or the master stops.
            entry.Stop?.Dispose();
        }
    }

    private void Take(string name, Entry entry, ResolvedImage? image, RpcException? fault)
    {
        bool changed;
        lock (_lock)
        {
            var before = (entry.Image, entry.Error);
            entry.Error = fault?.Message ?? "";
            if (image is not null || fault is { Status: RpcStatus.NotFound or RpcStatus.InvalidArgument })
            {
                // A server that says no is believed; one that does not answer changes nothing.
                // What machines have of an image does not need its name.
                entry.Image = image ?? (entry.Image is { } gone ? gone with { IsGone = true } : null);
            }

            changed = before.Image?.Manifest != entry.Image?.Manifest || before.Image?.IsGone != entry.Image?.IsGone
                || (entry.Image is null or { IsGone: true } && before.Error != entry.Error);
            if (before.Image is { IsGone: false } && entry.Image is { IsGone: true })
            {
                LogImageGone(_logger, name, entry.Error);
            }
            else if ((before.Image?.Manifest != entry.Image?.Manifest || before.Image is { IsGone: true }) && entry.Image is { IsGone: false })
            {
                LogImageKnown(_logger, name, entry.Image.Manifest, entry.Image.Server);
            }
        }

        if (changed)
        {
            _ = SaveAsync(name);
            _changed(name);
        }
    }

    private async Task SaveAsync(string name)
    {
        try
        {
            await _save();
        }
        catch (IOException fault)
        {
            LogSaveFailed(_logger, name, fault.Message);
        }
    }

    private sealed class Entry
    {
        public ResolvedImage? Image { get; set; }

        public string Error { get; set; } = "";

        public CancellationTokenSource? Stop { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
