namespace Dom.Core.Objects;

/// <summary>Reads one object from front to back.</summary>
public abstract class ObjectReader : IDisposable
{
    /// <summary>Bytes of the whole object.</summary>
    public abstract long Size { get; }

    /// <summary>Reads the next bytes. 0 means the end; fewer than asked for does not.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Reads until the buffer is full or the object ends; returns the bytes read.</summary>
    public async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = await ReadAsync(buffer[total..], cancellationToken);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open.</summary>
    protected abstract void Dispose(bool disposing);
}
