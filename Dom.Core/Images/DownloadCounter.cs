namespace Dom.Core.Images;

/// <summary>What arrived, counted by several streams.</summary>
internal sealed class DownloadCounter
{
    private long _bytes;
    private long _objects;

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal long Objects => Interlocked.Read(ref _objects);

    internal void AddBytes(int count) => Interlocked.Add(ref _bytes, count);

    internal void AddObject() => Interlocked.Increment(ref _objects);
}
