using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Room for the paths of a plan: many of them share one array, which halves their memory.</summary>
internal sealed class PathArena
{
    private const int ChunkBytes = 64 * 1024;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>A copy of a path that stays.</summary>
    public UnixPath Keep(ReadOnlySpan<byte> path)
    {
        if (_chunk.Length - _used < path.Length)
        {
            _chunk = new byte[Math.Max(ChunkBytes, path.Length)];
            _used = 0;
        }

        var kept = _chunk.AsMemory(_used, path.Length);
        path.CopyTo(kept.Span);
        _used += path.Length;
        return new UnixPath(kept);
    }
}
