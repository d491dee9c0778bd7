using System.Globalization;
using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;

namespace Dom.Roles.Master.Computed;

/// <summary>
/// Asks file generators for the computed files of machines: one connection for each generator, a few questions at a time, bounded sizes, of one machine and in all. Safe for
/// several threads.
/// </summary>
internal sealed class FileGenerators(Func<string, RpcChannel> dial, ComputedMemory memory) : IAsyncDisposable
{
    /// <summary>Content is asked for again after this time even if its generator says that it does not end.</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromMinutes(5);

    private const int MaxSources = 64;
    private const int AtOnce = 8;
    private const long MaxFileBytes = 8 << 20;

    private static readonly TimeSpan ShortestValidity = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _uses;
    private readonly Dictionary<string, FileGeneratorChannel> _channels = new(StringComparer.Ordinal);

    /// <summary>The memory for what they sent.</summary>
    public ComputedMemory Memory => memory;

    /// <summary>Computes all files of a machine: all of them, or none. Waits for memory while other machines have not taken theirs.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="paths">The files.</param>
    /// <param name="share">Takes the memory of their contents; to be disposed when they are needed no longer, also after a fault.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException">A generator does not answer, cannot compute a file, or sends what cannot be taken; the message names it.</exception>
    public async Task<GeneratedFiles> GenerateAsync(Machine machine, IReadOnlyList<ComputedPath> paths, ComputedMemory.Share share, CancellationToken cancellationToken)
    {
        var collected = new Collected(share);
        foreach (var source in paths.GroupBy(static p => p.Source, static p => p.Path, StringComparer.Ordinal))
        {
            using var use = await UseAsync(source.Key, cancellationToken);
            try
            {
                await ReadAsync(machine, use.Channel, [.. source], collected, cancellationToken);
            }
            catch (RpcException fault)
            {
                throw new RpcException(fault.Status, $"the file generator {source.Key}: {fault.Message}", fault.Code, fault.Retryable, fault);
            }
        }

        var valid = collected.ValidFor < ShortestValidity ? ShortestValidity : collected.ValidFor;
        return new GeneratedFiles(new ComputedSet(collected.Files), collected.Contents, valid);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            await channel.DisposeAsync();
        }
    }

    private async Task ReadAsync(Machine machine, RpcChannel generator, List<UnixPath> paths, Collected collected, CancellationToken cancellationToken)
    {
        var at = 0;
        GeneratedPart? first = null;
        byte[] content = [];
        var filled = 0;
        var request = new GenerateRequest { Machine = machine, Paths = paths };
        await foreach (var part in generator.StreamAsync(FileGeneratorMethods.Generate, request, cancellationToken))
        {
            if (at == paths.Count || part.Path != paths[at])
            {
                throw Unfit($"it sent {part.Path}, which comes not now or was not asked for");
            }

            if (part.Fault.Length > 0)
            {
                throw new RpcException(RpcStatus.NotFound, $"{part.Path}: {part.Fault}", "NotGenerated");
            }

            if (first is null)
            {
                if (part.Size < 0 || part.Size > MaxFileBytes || part.Size > memory.Largest - collected.Share.Bytes)
                {
                    throw Unfit(string.Create(CultureInfo.InvariantCulture, $"{part.Path} has {part.Size} bytes; a file may have {MaxFileBytes}, all of a machine {memory.Largest}"));
                }

                await collected.Share.TakeAsync(part.Size, cancellationToken);
                (first, content, filled) = (part, new byte[part.Size], 0);
            }

            if (part.Data.Length > content.Length - filled || (part.Data.IsEmpty && content.Length > 0))
            {
                throw Unfit($"{part.Path} has another length than it said");
            }

            part.Data.CopyTo(content.AsMemory(filled));
            filled += part.Data.Length;
            if (filled == content.Length)
            {
                collected.Add(paths[at++], content, first.ValidFor);
                first = null;
            }
        }

        if (at < paths.Count)
        {
            throw Unfit($"it ended before {paths[at]} was complete");
        }
    }

    private static RpcException Unfit(string what) => new(RpcStatus.Internal, what, "GeneratorUnfit");

    /// <summary>A generator that hangs holds up its own machines only: each has turns of its own.</summary>
    private async Task<FileGeneratorChannel.Use> UseAsync(string source, CancellationToken cancellationToken)
    {
        FileGeneratorChannel? idle = null;
        FileGeneratorChannel.Use use;
        lock (_lock)
        {
            if (!_channels.TryGetValue(source, out var channel))
            {
                if (_channels.Count >= MaxSources)
                {
                    var oldest = _channels.Where(static c => c.Value.IsIdle).OrderBy(static c => c.Value.LastUse).FirstOrDefault();
                    idle = oldest.Value ?? throw new RpcException(RpcStatus.ResourceExhausted, $"more than {MaxSources} file generators are asked at once");
                    _channels.Remove(oldest.Key);
                }

                _channels.Add(source, channel = new FileGeneratorChannel(dial(source), AtOnce));
            }

            use = channel.Begin(++_uses);
        }

        if (idle is not null)
        {
            await idle.DisposeAsync();
        }

        return await use.TurnAsync(cancellationToken);
    }

    private sealed class Collected(ComputedMemory.Share share)
    {
        public ComputedMemory.Share Share => share;

        public List<ComputedFile> Files { get; } = [];

        public Dictionary<ObjectId, byte[]> Contents { get; } = [];

        public TimeSpan ValidFor { get; private set; } = LongestValidity;

        public void Add(UnixPath path, byte[] content, TimeSpan validFor)
        {
            var id = content.Length == 0 ? default : ObjectId.Of(content);
            Files.Add(new ComputedFile(path, id, content.Length));
            if (!id.IsNone)
            {
                Contents[id] = content;
            }

            if (validFor > TimeSpan.Zero && validFor < ValidFor)
            {
                ValidFor = validFor;
            }
        }
    }
}
