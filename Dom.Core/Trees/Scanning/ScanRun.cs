using System.Collections.Concurrent;
using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>
/// One scan. The calling thread walks: it lists a directory, asks the status of every entry, and leaves contents to be read to the other threads, in
/// batches through a bounded queue; when that is full it reads a batch itself. A directory is sealed by whoever brings its last missing digest, and
/// hands its own to the directory above. So memory holds blocks, and drafts of the directories on the way only.
/// </summary>
internal sealed partial class ScanRun : IDisposable
{
    private const int QueuedBatches = 64;
    private const int MaxSilentChanges = 1000;

    private readonly ScanOptions _options;
    private readonly ScanRequest _request;
    private readonly HotFiles _hot;
    private readonly MachineTree? _previous;
    private readonly BlockTable _table;
    private readonly CancellationTokenSource _stop;
    private readonly List<Thread> _workers = [];
    private readonly BlockingCollection<Batch> _queue = new(QueuedBatches);
    private readonly Dictionary<FileId, LinkedFile> _links = [];
    private readonly HashSet<FileId> _hotLinks = [];
    private readonly List<UnixPath> _silent = [];
    private readonly DirectoryHandle _rootHandle;
    private ulong _mount;
    private ulong _device;
    private MachineDirectory? _root;
    private Exception? _failure;
    private long _filesRead;
    private long _bytesRead;
    private long _directRefused;
    private long _cpuTicks;

    internal ScanRun(
        DirectoryHandle root, ScanOptions options, ScanRequest request, HotFiles hot, MachineTree? previous, CancellationToken cancellationToken)
    {
        _rootHandle = root;
        _options = options;
        _request = request;
        _hot = hot;
        _previous = previous;
        _table = previous?.Table ?? new BlockTable();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _walker = new Reader(request.Limiter, options.ReadAhead);
        _broughtIn = request.Contents.Count == 0 ? null : request.Contents.ToDictionary(static reading => FileId.Of(reading.Status));
    }

    /// <summary>Scans on the calling thread and those it starts.</summary>
    /// <param name="paths">What to read again; null for everything.</param>
    internal ScanResult Execute(RescanNode? paths)
    {
        var start = _options.Time.GetTimestamp();
        var cpu = ProcessControl.ThreadCpuTime;
        try
        {
            var (inode, facts) = ReadRoot(paths);
            _queue.CompleteAdding();
            HelpUntilEmpty();
            Join();
            _stop.Token.ThrowIfCancellationRequested();
            var root = _root ?? throw new InvalidOperationException("the root directory was not sealed");
            var tree = MachineTree.Create(root, inode with { Content = root.Digest }, facts, _table, _previous);
            return new ScanResult
            {
                Tree = tree,
                FilesRead = _filesRead,
                BytesRead = _bytesRead,
                Hot = _hot.List(),
                ChangedSilently = _silent,
                DirectRefused = _directRefused,
                CpuTime = ProcessControl.ThreadCpuTime - cpu + TimeSpan.FromTicks(_cpuTicks),
                Duration = _options.Time.GetElapsedTime(start),
            };
        }
        catch (OperationCanceledException) when (_failure is not null)
        {
            throw new InvalidOperationException($"scanning failed: {_failure.Message}", _failure);
        }
        finally
        {
            _stop.Cancel();
            Join();
            foreach (var draft in _open.Keys)
            {
                draft.Handle.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _walker.Dispose();
        _queue.Dispose();
        _stop.Dispose();
    }

    private (Inode Inode, EntryFacts Facts) ReadRoot(RescanNode? paths)
    {
        var handle = _rootHandle.OpenDirectory("."u8);
        var status = handle.GetStatus();
        _mount = status.MountId;
        _device = status.Device;
        var error = _walker.Attributes.Read(handle, default, out var xattrs);
        if (error != Errno.None)
        {
            handle.Dispose();
            throw new LinuxException(error, "read the extended attributes of", _rootHandle.DescribePath());
        }

        var draft = new DirectoryDraft(null, -1, handle, TakeList())
        {
            Previous = _previous?.Directory,
            Gone = paths is { IsWhole: false } && _previous is not null ? [] : null,
        };
        _open.TryAdd(draft, true);
        error = Walk(draft, paths);
        if (error != Errno.None)
        {
            throw new LinuxException(error, "read the directory", _rootHandle.DescribePath());
        }

        return (InodeOf(status, xattrs), new EntryFacts(status, racy: false, hot: false));
    }

    private void StartWorkers()
    {
        while (_workers.Count < _options.Threads - 1)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "dom scan" };
            worker.Start();
            _workers.Add(worker);
        }
    }

    private void Work()
    {
        using var reader = new Reader(_request.Limiter, _options.ReadAhead);
        try
        {
            foreach (var batch in _queue.GetConsumingEnumerable(_stop.Token))
            {
                Read(batch, reader);
            }

            Interlocked.Add(ref _cpuTicks, ProcessControl.ThreadCpuTime.Ticks);
        }
        catch (Exception e)
        {
            // A scan that is stopped already ends with the reason why it was stopped, which the walking thread tells.
            if (!_stop.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
                _stop.Cancel();
            }
        }
    }

    private void HelpUntilEmpty()
    {
        while (_queue.TryTake(out var batch))
        {
            Read(batch, _walker);
        }
    }

    private void Join()
    {
        foreach (var worker in _workers)
        {
            worker.Join();
        }
    }

    /// <summary>So many files of a draft, from a place in its list.</summary>
    private readonly record struct Batch(DirectoryDraft Draft, int Start, int Count);

    /// <summary>What each thread has for itself.</summary>
    private sealed class Reader(ReadLimiter? limiter, bool readAhead) : IDisposable
    {
        internal ContentHasher Hasher { get; } = new(limiter, readAhead);

        internal AttributeReader Attributes { get; } = new();

        public void Dispose() => Hasher.Dispose();
    }
}
