namespace Dom.Core.Objects;

/// <summary>Reading objects as a whole.</summary>
public static class ObjectStoreReading
{
    /// <summary>Reads an object to its end for nothing but its digest; returns its bytes.</summary>
    /// <exception cref="ObjectNotFoundException">It is not stored.</exception>
    /// <exception cref="CorruptObjectException">Its bytes have another digest.</exception>
    public static async ValueTask<long> VerifyAsync(this IObjectStore store, ObjectId id, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var reader = await new VerifyingObjectStore(store).OpenReadAsync(id, 0, cancellationToken);
        long total = 0;
        for (int read; (read = await reader.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            total += read;
        }

        return total;
    }

    /// <summary>Reads and verifies an object of limited size.</summary>
    /// <exception cref="ObjectNotFoundException">It is not stored.</exception>
    /// <exception cref="CorruptObjectException">It is larger, or its bytes have another digest.</exception>
    public static async ValueTask<byte[]> ReadVerifiedAsync(this IObjectStore store, ObjectId id, int maxBytes, CancellationToken cancellationToken)
    {
        using var reader = await store.OpenReadAsync(id, 0, cancellationToken);
        if (reader.Size > maxBytes)
        {
            throw new CorruptObjectException(id, $"it has {reader.Size} bytes, at most {maxBytes} are allowed");
        }

        var bytes = new byte[reader.Size];
        var read = await reader.FillAsync(bytes, cancellationToken);
        var actual = ObjectId.Of(bytes.AsSpan(0, read));
        return actual == id ? bytes : throw new CorruptObjectException(id, $"the {read} bytes stored have the digest {actual}");
    }
}
