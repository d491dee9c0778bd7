using System.Numerics;

namespace Dom.Core.Objects.Packs;

/// <summary>Says of most objects that are not in a pack that they are not, without reading it: a Bloom filter of 8 to 16 bits for each object.</summary>
/// <remarks>A digest is random already, so its own bits are the hash functions.</remarks>
internal sealed class PackFilter(byte[] bits)
{
    private const int BitsPerObject = 8;
    private const int Probes = 5;

    /// <summary>The stored form.</summary>
    internal ReadOnlySpan<byte> Bits => bits;

    /// <summary>Bytes of a filter for so many objects.</summary>
    internal static int BytesFor(int objects) => (int)Math.Max(8, BitOperations.RoundUpToPowerOf2((uint)objects * BitsPerObject) / 8);

    internal void Add(ObjectId id)
    {
        var (at, step) = Start(id);
        for (var i = 0; i < Probes; i++, at += step)
        {
            var bit = at & ((ulong)bits.Length * 8 - 1);
            bits[bit >> 3] |= (byte)(1 << (int)(bit & 7));
        }
    }

    internal bool MayHold(ObjectId id)
    {
        var (at, step) = Start(id);
        for (var i = 0; i < Probes; i++, at += step)
        {
            var bit = at & ((ulong)bits.Length * 8 - 1);
            if ((bits[bit >> 3] & (1 << (int)(bit & 7))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static (ulong At, ulong Step) Start(ObjectId id) => (id.Suffix, id.Prefix | 1);
}
