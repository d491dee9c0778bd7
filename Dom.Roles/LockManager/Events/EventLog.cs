using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Linux;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Events;

/// <summary>
/// What happened in all groups: one JSON object a line in <c>events.log</c>, put aside as <c>events.log.1</c> when it has its size, so that it never grows beyond
/// two of them; the last events are in memory. What takes a slot from somebody is on disk before it is done; everything else within a second or so.
/// </summary>
internal sealed class EventLog : IDisposable
{
    /// <summary>Events in memory, and in an answer.</summary>
    public const int Kept = 5_000;

    private const int MaxBehind = 1_000;
    private const uint GroupReadable = 0x1a0;

    private readonly Lock _lock = new();
    private readonly DirectoryHandle _directory;
    private readonly ILogger _log;
    private readonly long _maxBytes;
    private readonly Queue<LockEvent> _last = new();
    private readonly HashSet<Channel<LockEvent>> _watchers = [];
    private readonly ArrayBufferWriter<byte> _unwritten = new();
    private FileHandle _file;
    private long _size;
    private long _number;
    private bool _isFaulty;

    private EventLog(DirectoryHandle directory, ILogger log, long maxBytes)
    {
        _directory = directory;
        _log = log;
        _maxBytes = maxBytes;
        Load(Aside);
        Load(Name);
        _file = directory.OpenOrCreateFile(Name, GroupReadable);
        _size = _file.GetStatus().Size;
        EndLine();
    }

    /// <summary>Readers that follow.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    private static ReadOnlySpan<byte> Name => "events.log"u8;

    private static ReadOnlySpan<byte> Aside => "events.log.1"u8;

    /// <summary>Opens the log in a directory that exists.</summary>
    public static EventLog Open(string path, ILogger log, long maxBytes = 8 << 20)
    {
        var directory = DirectoryHandle.Open(path);
        try
        {
            return new EventLog(directory, log, maxBytes);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Adds events.</summary>
    /// <param name="events">Their numbers are given here.</param>
    /// <param name="durable">True to return only when they are on disk.</param>
    /// <exception cref="IOException">They could not be made durable; without <paramref name="durable"/> that is logged instead.</exception>
    public void Add(IReadOnlyList<LockEvent> events, bool durable)
    {
        lock (_lock)
        {
            foreach (var entry in events)
            {
                var numbered = entry with { Number = ++_number };
                Keep(numbered);
                foreach (var watcher in _watchers)
                {
                    // A reader that is too slow is told so by a stream that ends.
                    if (!watcher.Writer.TryWrite(numbered))
                    {
                        watcher.Writer.TryComplete();
                    }
                }

                _unwritten.Write(JsonSerializer.SerializeToUtf8Bytes(numbered, LockEventJson.Default.LockEvent));
                _unwritten.Write("\n"u8);
            }

            if (durable)
            {
                Write();
                _file.SyncData();
            }
        }
    }

    /// <summary>Writes what is only in memory, and makes it durable; called every second.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_unwritten.WrittenCount == 0)
            {
                return;
            }

            try
            {
                Write();
                _file.SyncData();
                _isFaulty = false;
            }
            catch (IOException fault) when (!_isFaulty)
            {
                _isFaulty = true;
                _log.EventsNotWritten(fault.Message);
            }
            catch (IOException)
            {
                // Told already; it is tried again, and what waits is bounded.
                if (_unwritten.WrittenCount > _maxBytes)
                {
                    _unwritten.ResetWrittenCount();
                }
            }
        }
    }

    /// <summary>The last events that fit, the oldest first.</summary>
    public IReadOnlyList<LockEvent> Read(LockLogRequest query)
    {
        lock (_lock)
        {
            var found = _last.Where(e => Matches(e, query)).ToList();
            return query.Limit > 0 && found.Count > query.Limit ? found[^query.Limit..] : found;
        }
    }

    /// <summary>True when a query means an event.</summary>
    public static bool Matches(LockEvent entry, LockLogRequest query) => (query.Group.Length == 0 || entry.Group == query.Group) && !(entry.Time < query.Since);

    /// <summary>Follows from now on.</summary>
    public Channel<LockEvent> Follow()
    {
        lock (_lock)
        {
            var channel = Channel.CreateBounded<LockEvent>(new BoundedChannelOptions(MaxBehind) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
            _watchers.Add(channel);
            return channel;
        }
    }

    /// <summary>Ends following.</summary>
    public void Unfollow(Channel<LockEvent> channel)
    {
        lock (_lock)
        {
            _watchers.Remove(channel);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        lock (_lock)
        {
            _file.Dispose();
            _directory.Dispose();
        }
    }

    private void Keep(LockEvent entry)
    {
        _last.Enqueue(entry);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }
    }

    private void Load(ReadOnlySpan<byte> name)
    {
        var rest = (_directory.ReadFileIfExists(name, int.MaxValue - 64) ?? []).AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            try
            {
                if (JsonSerializer.Deserialize(line, LockEventJson.Default.LockEvent) is { } entry)
                {
                    Keep(entry);
                    _number = Math.Max(_number, entry.Number);
                }
            }
            catch (JsonException fault)
            {
                // A line that was cut by a crash; the others stand.
                _log.EventUnread(fault.Message);
            }
        }
    }

    /// <summary>A line that was cut by a crash must not swallow the next one.</summary>
    private void EndLine()
    {
        Span<byte> last = stackalloc byte[1];
        if (_size > 0 && _file.TryReadAt(_size - 1, last, out var count) == Errno.None && count == 1 && last[0] != (byte)'\n')
        {
            _file.WriteAt(_size++, "\n"u8);
        }
    }

    private void Write()
    {
        if (_size + _unwritten.WrittenCount > _maxBytes && _size > 0)
        {
            _directory.Rename(Name, _directory, Aside);
            _file.Dispose();
            _file = _directory.OpenOrCreateFile(Name, GroupReadable);
            _size = 0;
            _directory.Sync();
        }

        _file.WriteAt(_size, _unwritten.WrittenSpan);
        _size += _unwritten.WrittenCount;
        _unwritten.ResetWrittenCount();
    }
}
