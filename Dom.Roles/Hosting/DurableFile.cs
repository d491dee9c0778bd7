using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Linux;

namespace Dom.Roles.Hosting;

/// <summary>
/// A small JSON file that is either the old one or the new one, whatever happens: written beside it, synced, renamed, the directory synced.
/// Saves asked for while one is written share the next one, so that a thousand changes cost a few writes.
/// </summary>
internal sealed class DurableFile<T>
    where T : class
{
    /// <summary>Permissions of a file that others may read: rw-r--r--.</summary>
    public const uint Readable = 0x1a4;

    private const uint OwnerOnly = 0x180;
    private const int MaxBytes = 256 << 20;

    private readonly Lock _lock = new();
    private readonly DirectoryHandle _directory;
    private readonly byte[] _name;
    private readonly JsonTypeInfo<T> _type;
    private readonly Func<T> _snapshot;
    private readonly uint _mode;
    private TaskCompletionSource? _next;
    private volatile string _error = "";
    private Task _writing = Task.CompletedTask;

    /// <param name="directory">The state directory; stays the caller's.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="type">The form.</param>
    /// <param name="snapshot">Gives the content to be written; called from any thread.</param>
    /// <param name="mode">Permissions of the file; by default its owner's only.</param>
    public DurableFile(DirectoryHandle directory, string name, JsonTypeInfo<T> type, Func<T> snapshot, uint mode = OwnerOnly)
    {
        _directory = directory;
        _name = Encoding.UTF8.GetBytes(name);
        _type = type;
        _snapshot = snapshot;
        _mode = mode;
    }

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not what was written.</exception>
    public static T? Load(DirectoryHandle directory, string name, JsonTypeInfo<T> type)
    {
        var error = directory.TryOpenFile(Encoding.UTF8.GetBytes(name), out var file);
        if (error == Errno.ENOENT)
        {
            return null;
        }

        using (file)
        {
            if (file is null)
            {
                throw new LinuxException(error, "open", $"{directory.DescribePath()}/{name}");
            }

            if (file.GetStatus().Size > MaxBytes)
            {
                throw Damaged(directory, name, $"it has more than {MaxBytes} bytes", null);
            }

            using var stream = new FileStream(file.Duplicate(), FileAccess.Read, bufferSize: 1);
            try
            {
                return JsonSerializer.Deserialize(stream, type) ?? throw new JsonException("it holds null");
            }
            catch (JsonException fault)
            {
                throw Damaged(directory, name, fault.Message, fault);
            }
        }
    }

    /// <summary>Why the last write failed, so that what is in force is not what is on disk; empty when it did not.</summary>
    public string Error => _error;

    /// <summary>Completes when the state as it is now, or a later one, is durable.</summary>
    /// <exception cref="IOException">It could not be written; the old file stands.</exception>
    public Task SaveAsync()
    {
        lock (_lock)
        {
            if (_next is { } waiting)
            {
                return waiting.Task;
            }

            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _writing = WriteAfterAsync(_writing);
            return _next.Task;
        }
    }

    /// <summary>Completes when nothing is being written.</summary>
    public Task IdleAsync()
    {
        lock (_lock)
        {
            return _writing;
        }
    }

    private async Task WriteAfterAsync(Task previous)
    {
        // Also leaves the caller's lock, and gives others the chance to share this write.
        await Task.Yield();
        await previous;
        TaskCompletionSource current;
        lock (_lock)
        {
            current = _next ?? throw new InvalidOperationException("a write was begun that nobody asked for");
            _next = null;
        }

        try
        {
            _directory.ReplaceFile(_name, JsonSerializer.SerializeToUtf8Bytes(_snapshot(), _type));
            _error = "";
            current.SetResult();
        }
        catch (Exception fault)
        {
            // Whoever asked for the save decides; the next save tries again.
            _error = fault.Message;
            current.SetException(fault);
        }
    }

    private static InvalidDataException Damaged(DirectoryHandle directory, string name, string why, Exception? cause) => new(
        $"{directory.DescribePath()}/{name} is damaged: {why}. It holds what people decided, so the role does not start without it; "
        + "restore it from a backup, or move it away to start without what it held",
        cause);
}
