namespace Dom.Core.Objects;

/// <summary>A set of digests in 8 bytes each, for marking what is in use among millions: it keeps the first 64 bits.</summary>
/// <remarks>
/// It may take a digest for another one that begins with the same 64 bits, never the other way round: what was added is always found. So a use
/// of it must be harmless when it says yes too often, as keeping an object is. Not thread-safe.
/// </remarks>
public sealed class ObjectPrefixSet
{
    private const int MinBatch = 64 * 1024;

    private ulong[] _sorted = [];
    private int _count;
    private readonly List<ulong> _added = [];

    /// <summary>Digests in the set; before <see cref="Settle"/> those added twice may count twice.</summary>
    public int Count => _count + _added.Count;

    /// <summary>Adds a digest. It is found after <see cref="Settle"/>.</summary>
    public void Add(ObjectId id)
    {
        _added.Add(id.Prefix);
        if (_added.Count >= Math.Max(MinBatch, _count / 2))
        {
            Settle();
        }
    }

    /// <summary>Makes all that was added findable.</summary>
    public void Settle()
    {
        if (_added.Count == 0)
        {
            return;
        }

        _added.Sort();
        var merged = new ulong[_count + _added.Count];
        var count = 0;
        for (int i = 0, j = 0; i < _count || j < _added.Count;)
        {
            var next = j == _added.Count || (i < _count && _sorted[i] <= _added[j]) ? _sorted[i++] : _added[j++];
            if (count == 0 || merged[count - 1] != next)
            {
                merged[count++] = next;
            }
        }

        _sorted = merged;
        _count = count;
        _added.Clear();
    }

    /// <summary>True for every digest that was added, and by chance for one in 10^19 divided by <see cref="Count"/> others.</summary>
    public bool MayContain(ObjectId id) => Array.BinarySearch(_sorted, 0, _count, id.Prefix) >= 0;
}
