namespace Dom.Core.Objects.Packs;

/// <summary>Rewrites packs that are mostly empty, and many small ones into few: the objects go into a new pack, then the old ones are deleted.</summary>
internal static class PackCompaction
{
    /// <summary>A pack with less than this part of its bytes in use is rewritten.</summary>
    private const double MinUse = 0.5;

    private const long SmallBytes = 64L << 20;
    private const long MaxCopiedBytes = 256L << 20;
    private const int MaxSmall = 8;

    /// <summary>Rewrites what is worth it.</summary>
    /// <param name="packs">The packs.</param>
    /// <param name="corrupt">Called for an object whose bytes are wrong; its pack is kept.</param>
    /// <param name="cancellationToken">Ends it between two objects; nothing is lost.</param>
    /// <returns>Packs deleted.</returns>
    internal static async Task<int> RunAsync(PackDirectory packs, Action<CorruptObjectException> corrupt, CancellationToken cancellationToken)
    {
        var all = packs.Packs.Select(static p => (Pack: p, Used: UsedBytes(p))).ToList();
        var small = all.Count(static p => p.Used < SmallBytes);
        var done = new List<PackFile>();
        var deleted = 0;
        long copied = 0;
        foreach (var (pack, used) in all)
        {
            if (used == 0)
            {
                packs.Delete(pack);
                deleted++;
                continue;
            }

            var isWorthIt = used < pack.DataBytes * MinUse || (small > MaxSmall && used < SmallBytes);
            if (isWorthIt && await CopyAsync(pack, packs, corrupt, cancellationToken))
            {
                done.Add(pack);
                copied += used;
            }

            // Not all at the end: on a full disk there is room for few copies beside their originals.
            if (copied >= MaxCopiedBytes)
            {
                await FinishAsync();
            }
        }

        await FinishAsync();
        return deleted;

        async Task FinishAsync()
        {
            // The copies are durable before the first original goes.
            await packs.SyncAsync(cancellationToken);
            done.ForEach(packs.Delete);
            deleted += done.Count;
            done.Clear();
            copied = 0;
        }
    }

    private static long UsedBytes(PackFile pack) => pack.Entries().Where(static e => !e.IsRemoved).Sum(static e => (long)e.Size);

    private static async Task<bool> CopyAsync(PackFile pack, PackDirectory packs, Action<CorruptObjectException> corrupt, CancellationToken cancellationToken)
    {
        foreach (var entry in pack.Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsRemoved || packs.TryRead(entry.Id) is not { } bytes)
            {
                continue;
            }

            var actual = ObjectId.Of(bytes);
            if (actual != entry.Id)
            {
                corrupt(new CorruptObjectException(entry.Id, $"the {bytes.Length} bytes stored have the digest {actual}"));
                return false;
            }

            await packs.AddAsync(entry.Id, bytes, cancellationToken);
        }

        return true;
    }
}
