namespace Dom.Core.Images.Sources;

/// <summary>Reads contents that are to be sent, one object after another. Not thread-safe.</summary>
internal abstract class ContentReader : IDisposable
{
    /// <summary>Turns to an object.</summary>
    /// <exception cref="FileChangedException">Its file is another than when the tree was read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract void Open(in UploadItem item);

    /// <summary>Fills a buffer with the bytes of the object from an offset on; all of them exist if the object did not change.</summary>
    /// <exception cref="FileChangedException">Its file became shorter.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract void Fill(long offset, Span<byte> buffer);

    /// <inheritdoc/>
    public abstract void Dispose();
}
