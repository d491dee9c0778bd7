using Dom.Core.Machines;

namespace Dom.Roles.MdbSync;

/// <summary>A small configured file, read again when it changes. Its last good content stays in force.</summary>
internal sealed class WatchedFile<T>(string path, Func<Stream, CancellationToken, Task<T>> read, TimeProvider clock)
    where T : class
{
    private const int MaxBytes = 64 << 20;

    private readonly FileFreshness _freshness = new(clock);
    private volatile T? _value;
    private volatile string _error = "";

    /// <summary>The path.</summary>
    public string Path => path;

    /// <summary>The last good content; null before the first.</summary>
    public T? Value => _value;

    /// <summary>What is wrong with the file now; empty when nothing is.</summary>
    public string Error => _error;

    /// <summary>Reads the file if it changed. True when the content or the error is another than before.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var (value, error) = (_value, _error);
        try
        {
            using var file = ConfiguredFile.Open(path);
            var status = file.GetStatus();
            if (!_freshness.MustRead(status))
            {
                return false;
            }

            if (status.Size > MaxBytes)
            {
                throw new MachineListException($"it has {status.Size} bytes; at most {MaxBytes} are read");
            }

            await using var stream = new FileStream(file.Duplicate(), FileAccess.Read, bufferSize: 1);
            _value = await read(stream, cancellationToken);
            _error = "";
        }
        catch (MachineListException fault)
        {
            _error = fault.Message;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _freshness.Forget();
            _error = fault.Message;
        }

        return !ReferenceEquals(value, _value) || error != _error;
    }
}
