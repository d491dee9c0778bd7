namespace Dom.Core.Objects;

/// <summary>Reading small objects as a whole.</summary>
public static class ObjectStoreReading
{
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
