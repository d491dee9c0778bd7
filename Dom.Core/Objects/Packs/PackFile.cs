using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dom.Core.Linux;

namespace Dom.Core.Objects.Packs;

/// <summary>A finished pack: objects, then an index in pages of 4 KiB, then what is kept in memory: a filter and the first digest of each page.</summary>
/// <remarks>
/// Finding an object reads one page, whose checksum is looked at; about one object in 50 that is not in the pack costs a page too. Nothing is
/// mapped, so a failing disk is an error and not the end of the process. A damaged page hides its objects: they count as missing, and the next
/// push of them stores them again.
/// </remarks>
internal sealed class PackFile
{
    private readonly PackTrailer _trailer;
    private readonly PackFilter _filter;
    private readonly ulong[] _first;
    private readonly Lock _changing = new();

    private PackFile(SharedFile file, byte[] name, PackTrailer trailer, PackFilter filter, ulong[] first)
    {
        File = file;
        Name = name;
        _trailer = trailer;
        _filter = filter;
        _first = first;
    }

    internal SharedFile File { get; }

    /// <summary>Its name in the directory of packs.</summary>
    internal byte[] Name { get; }

    /// <summary>Bytes of objects, removed ones included.</summary>
    internal long DataBytes => _trailer.IndexOffset - PackTrailer.DataStart;

    /// <summary>When it was finished.</summary>
    internal DateTimeOffset FinishedOn => DateTimeOffset.FromUnixTimeSeconds(_trailer.FinishedOn);

    /// <summary>Opens a pack; what is loaded are 2 bytes for each object.</summary>
    /// <exception cref="InvalidDataException">It says nothing consistent about itself, at neither end.</exception>
    internal static PackFile Open(SharedFile file, byte[] name)
    {
        var size = file.File.GetStatus().Size;
        var buffer = new byte[PackTrailer.Bytes];
        if (!TryReadTrailer(file.File, size - buffer.Length, size, buffer, out var trailer) && !TryReadTrailer(file.File, 0, size, buffer, out trailer))
        {
            throw new InvalidDataException("it is cut off, or both its beginning and its end are damaged");
        }

        var tables = new byte[trailer.TablesBytes];
        var first = new ulong[trailer.Pages];
        if (IsReadable(file.File, trailer.TablesOffset, tables) && new ObjectId(SHA256.HashData(tables)) == trailer.TablesDigest)
        {
            MemoryMarshal.Cast<byte, ulong>(tables.AsSpan(trailer.FilterBytes)).CopyTo(first);
            return new PackFile(file, name, trailer, new PackFilter(tables[..trailer.FilterBytes]), first);
        }

        var pack = new PackFile(file, name, trailer, new PackFilter(new byte[trailer.FilterBytes]), first);
        pack.RebuildTables();
        return pack;
    }

    /// <summary>Finds an object that is not removed.</summary>
    internal bool TryFind(ObjectId id, out PackEntry entry)
    {
        entry = default;
        if (!_filter.MayHold(id) || !File.TryUse())
        {
            return false;
        }

        try
        {
            return TryFindInPages(id, out entry);
        }
        finally
        {
            File.Leave();
        }
    }

    /// <summary>Marks an object as removed. False when it is not there. A crash may bring it back.</summary>
    internal bool Remove(ObjectId id)
    {
        var page = new byte[PackPage.Bytes];
        lock (_changing)
        {
            for (var number = PageOf(id); number >= 0; number--)
            {
                if (TryReadPage(number, page) && PackPage.Find(page, id) is var index and >= 0)
                {
                    var entry = PackPage.Entry(page, index);
                    if (!entry.IsRemoved)
                    {
                        PackPage.Replace(page, index, entry with { IsRemoved = true });
                        File.File.WriteAt(PageOffset(number), page);
                    }

                    return !entry.IsRemoved;
                }

                if (_first[number] != id.Prefix)
                {
                    break;
                }
            }
        }

        return false;
    }

    /// <summary>All entries, removed ones too, in the order of their digests. Objects on damaged pages are missing.</summary>
    internal IEnumerable<PackEntry> Entries()
    {
        if (!File.TryUse())
        {
            yield break;
        }

        try
        {
            var page = new byte[PackPage.Bytes];
            for (var number = 0; number < _first.Length; number++)
            {
                var count = TryReadPage(number, page) ? PackPage.Count(page) : 0;
                for (var i = 0; i < count; i++)
                {
                    yield return PackPage.Entry(page, i);
                }
            }
        }
        finally
        {
            File.Leave();
        }
    }

    private static bool TryReadTrailer(FileHandle file, long offset, long size, byte[] buffer, out PackTrailer trailer)
    {
        trailer = default;
        return offset >= 0 && IsReadable(file, offset, buffer) && PackTrailer.TryRead(buffer, size, out trailer);
    }

    private static bool IsReadable(FileHandle file, long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (file.TryReadAt(offset, buffer, out var count) != Errno.None || count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
            offset += count;
        }

        return true;
    }

    [SkipLocalsInit]
    private bool TryFindInPages(ObjectId id, out PackEntry entry)
    {
        Span<byte> page = stackalloc byte[PackPage.Bytes];
        for (var number = PageOf(id); number >= 0; number--)
        {
            if (TryReadPage(number, page) && PackPage.Find(page, id) is var index and >= 0)
            {
                entry = PackPage.Entry(page, index);
                return !entry.IsRemoved && IsInside(entry);
            }

            // Only when a page begins with the same 64 bits can the object stand in the one before.
            if (_first[number] != id.Prefix)
            {
                break;
            }
        }

        entry = default;
        return false;
    }

    private bool IsInside(in PackEntry entry) =>
        entry.Offset >= PackTrailer.DataStart && entry.Size > 0 && entry.Offset + entry.Size <= _trailer.IndexOffset;

    private long PageOffset(int number) => _trailer.IndexOffset + (long)number * PackPage.Bytes;

    private bool TryReadPage(int number, Span<byte> page)
    {
        if (IsReadable(File.File, PageOffset(number), page) && PackPage.IsIntact(page))
        {
            return true;
        }

        // A removal may have been writing it just then.
        lock (_changing)
        {
            return IsReadable(File.File, PageOffset(number), page) && PackPage.IsIntact(page);
        }
    }

    /// <summary>The last page that begins at or before the digest; -1 when all begin after it.</summary>
    private int PageOf(ObjectId id)
    {
        var (low, high) = (0, _first.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = _first[middle] <= id.Prefix ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    private void RebuildTables()
    {
        var page = new byte[PackPage.Bytes];
        for (var number = _first.Length - 1; number >= 0; number--)
        {
            if (!TryReadPage(number, page))
            {
                // Never the page of choice: what would stand in it is looked for in the one before.
                _first[number] = number + 1 < _first.Length ? _first[number + 1] : ulong.MaxValue;
                continue;
            }

            _first[number] = PackPage.Entry(page, 0).Id.Prefix;
            for (var i = 0; i < PackPage.Count(page); i++)
            {
                _filter.Add(PackPage.Entry(page, i).Id);
            }
        }
    }
}
