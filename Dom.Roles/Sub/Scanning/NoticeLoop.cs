using System.Globalization;
using System.Threading.Channels;
using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Lets the kernel tell what happens on the root's file system, and looks at just that within milliseconds. What it cannot keep up with is left to a sweep.</summary>
/// <remarks>
/// A batch begins some milliseconds after the first event; between two lie 100 ms (rule 5), more when they are so costly that a twentieth of a processor would not do.
/// Events are only hints at what to look at: however late, doubled or mixed they come, the disk decides. On overflow nothing is told any more for a
/// while; then it is told again, and a sweep that began later has seen everything else.
/// </remarks>
internal sealed class NoticeLoop(TreeWatch watch, DirectoryHandle root, NoticeMode mode, PathWriters writers, TimeProvider time, ILogger log)
{
    /// <summary>More events a second than this are cheaper to find by a sweep.</summary>
    public const int MaxEventsPerSecond = 5_000;

    private const int Nice = 15;
    private const int PausePerCost = 19;

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BatchPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBatchPause = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private readonly WatchedDirectories _directories = new(root);
    private readonly NoticedPaths _noticed = new();
    private readonly byte[] _buffer = new byte[FileSystemEvents.BufferBytes];
    private long _events;
    private long _dropped;
    private long _overflows;
    private long _cpuTicks;
    private long _windowStart;
    private long _windowEvents;
    private long _resumed;
    private TimeSpan _rest = ShortestRest;
    private long _awaitedSweep;
    private TimeSpan _lookCost;
    private volatile int _state = (int)NoticeState.CatchingUp;

    /// <summary>Whether changes are told.</summary>
    public NoticeState State => (NoticeState)_state;

    /// <summary>Why they are not; empty when they are, or are not wanted.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Events the kernel told.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Those of them outside the root, or below what no comparison can reach (rule 4).</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Times there was too much, so that a sweep had to find it.</summary>
    public long Overflows => Interlocked.Read(ref _overflows);

    /// <summary>Processor time for reading events and looking at what they name.</summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Interlocked.Read(ref _cpuTicks));

    /// <summary>Watches until cancelled. Without the kernel's help it says so once and waits for the end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (mode == NoticeMode.Off)
        {
            _state = (int)NoticeState.Off;
        }
        else if (NoticeAccess.TryOpen(root, out var fault) is { } events)
        {
            _awaitedSweep = watch.SweepsBegun + 1;
            _resumed = _windowStart = time.GetTimestamp();
            using (events)
            {
                await WatchAsync(events, cancellationToken);
            }
        }
        else
        {
            GiveUp(fault);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    private void GiveUp(string fault)
    {
        Fault = fault;
        _state = (int)NoticeState.Unavailable;
        log.NoticeUnavailable(fault);
        watch.NoticeChanged();
    }

    /// <summary>A thread of its own reads events, since priorities are those of threads; what they name is looked at here, and it waits for that.</summary>
    private async Task WatchAsync(FileSystemEvents events, CancellationToken cancellationToken)
    {
        var batches = Channel.CreateBounded<List<PathLook>>(1);
        using var looked = new SemaphoreSlim(0);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = stop.Token;
        var thread = new Thread(() => RunThread(events, batches.Writer, looked, ended, token)) { IsBackground = true, Name = "dom notice" };
        using var wake = token.Register(events.Wake);
        thread.Start();
        try
        {
            await foreach (var looks in batches.Reader.ReadAllAsync(token))
            {
                await LookAsync(looks, cancellationToken);
                looked.Release();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ended.Task;
        }
    }

    private void RunThread(
        FileSystemEvents events, ChannelWriter<List<PathLook>> batches, SemaphoreSlim looked, TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        try
        {
            _ = ProcessControl.TrySetThreadNice(Nice);
            _ = ProcessControl.TrySetThreadIoIdle();
            while (State != NoticeState.Unavailable)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(events, batches, looked, cancellationToken);
            }

            batches.Complete();
        }
        catch (Exception e)
        {
            // Thrown where the batches are read.
            batches.TryComplete(e);
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void Step(FileSystemEvents events, ChannelWriter<List<PathLook>> batches, SemaphoreSlim looked, CancellationToken cancellationToken)
    {
        NoteSweep();
        if (!events.Wait(State == NoticeState.Watching ? Idle : BatchPause))
        {
            return;
        }

        Pause(Settle, cancellationToken);
        var start = ProcessControl.ThreadCpuTime;
        if (!Drain(events))
        {
            Rest(events, cancellationToken);
            return;
        }

        var cost = TimeSpan.Zero;
        if (!_noticed.IsEmpty && TakeLooks() is { Count: > 0 } looks && batches.TryWrite(looks))
        {
            looked.Wait(cancellationToken);
            cost = _lookCost;
        }

        cost += ProcessControl.ThreadCpuTime - start;
        Interlocked.Add(ref _cpuTicks, cost.Ticks);
        var pause = cost * PausePerCost;
        Pause(pause < BatchPause ? BatchPause : pause > LongestBatchPause ? LongestBatchPause : pause, cancellationToken);
    }

    /// <summary>Takes what waits in the queue; false when it is too much.</summary>
    private bool Drain(FileSystemEvents events)
    {
        var scope = watch.WantedScope;
        while (events.Read(_buffer) is var length and > 0)
        {
            var reader = new FileSystemEventReader(_buffer.AsSpan(0, length));
            while (reader.MoveNext())
            {
                Interlocked.Increment(ref _events);
                if (!Note(reader.Current, scope))
                {
                    Interlocked.Increment(ref _dropped);
                }
                else if (++_windowEvents > MaxEventsPerSecond && time.GetElapsedTime(_windowStart) < Second)
                {
                    return false;
                }

                if (reader.Current.Kinds.HasFlag(FileSystemEventKinds.Overflow))
                {
                    return false;
                }
            }

            if (time.GetElapsedTime(_windowStart) >= Second)
            {
                (_windowStart, _windowEvents) = (time.GetTimestamp(), 0);
            }

            if (_noticed.IsFull)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Notes what one event is about; false when it is about nothing that is looked at.</summary>
    private bool Note(in FileSystemEvent happened, WatchScope scope)
    {
        const FileSystemEventKinds moved = FileSystemEventKinds.MovedFrom | FileSystemEventKinds.MovedTo;
        const FileSystemEventKinds arrived = FileSystemEventKinds.MovedTo | FileSystemEventKinds.Created;
        var isDirectory = (happened.Kinds & FileSystemEventKinds.Directory) != 0;
        if (isDirectory && (happened.Kinds & moved) != 0)
        {
            _directories.Forget();
        }

        if (happened.Directory.IsEmpty)
        {
            if (!happened.Inode.IsEmpty)
            {
                _noticed.AddInode(happened.Inode);
            }

            return !happened.Inode.IsEmpty;
        }

        var error = _directories.Find(happened.Directory, scope, out var directory);
        if (error != Errno.None)
        {
            watch.SweepSoon();
        }

        if (directory is null || !_noticed.Add(directory, happened.Name, isDirectory && (happened.Kinds & arrived) != 0, scope))
        {
            return false;
        }

        writers.Note(_noticed.Last, happened.Process);
        return true;
    }

    private async Task LookAsync(List<PathLook> looks, CancellationToken cancellationToken)
    {
        _lookCost = TimeSpan.Zero;
        try
        {
            _lookCost = await watch.LookAsync(looks, cancellationToken);
        }
        catch (IOException e)
        {
            log.ScanFailed(e.Message);
            watch.SweepSoon();
        }
    }

    private List<PathLook> TakeLooks()
    {
        var names = NamesOfInodes();
        var looks = _noticed.Take();
        looks.AddRange(names.Select(static path => new PathLook(path, Deep: false)));
        return looks;
    }

    /// <summary>The number of names of a file changes without a word about the names it keeps: they are found in the snapshot.</summary>
    private IReadOnlyCollection<UnixPath> NamesOfInodes()
    {
        var inodes = new List<FileStatus>();
        foreach (var key in _noticed.Inodes)
        {
            if (root.TryOpenByKey(key, out var inode) == Errno.None && inode is not null)
            {
                using (inode)
                {
                    if (inode.TryGetStatus(out var status) == Errno.None)
                    {
                        inodes.Add(status);
                    }
                }
            }
        }

        return inodes.Count > 0 && watch.Current is { } snapshot ? snapshot.Tree.FindNames(inodes) : [];
    }

    /// <summary>Too much at once: nothing is told for a while, and sweeps find what happens.</summary>
    private void Rest(FileSystemEvents events, CancellationToken cancellationToken)
    {
        _state = (int)NoticeState.CatchingUp;
        Interlocked.Increment(ref _overflows);
        events.Unwatch(root);
        _noticed.Clear();
        _directories.Forget();
        _rest = time.GetElapsedTime(_resumed) > Calm ? ShortestRest : _rest * 2 > LongestRest ? LongestRest : _rest * 2;
        log.NoticeOverflow(string.Create(CultureInfo.InvariantCulture, $"{_rest.TotalSeconds:F0}"));
        watch.SweepSoon();
        Pause(_rest, cancellationToken);
        while (events.Read(_buffer) > 0)
        {
            // Of the time before the rest.
        }

        var error = events.TryWatch(root);
        if (error != Errno.None)
        {
            GiveUp($"the file system's changes are not told any more (fanotify_mark: {error}){NoticeAccess.RemedyOf(error)}");
            return;
        }

        (_windowStart, _windowEvents, _resumed) = (time.GetTimestamp(), 0, time.GetTimestamp());
        _awaitedSweep = watch.SweepsBegun + 1;
        watch.SweepSoon();
    }

    /// <summary>A sweep that began after events were told has seen what happened before.</summary>
    private void NoteSweep()
    {
        if (State == NoticeState.CatchingUp && watch.LastWholeSweep >= _awaitedSweep)
        {
            _state = (int)NoticeState.Watching;
            watch.NoticeChanged();
        }
    }

    private static void Pause(TimeSpan pause, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(pause);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
