using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dom.Core.Linux;

namespace Dom.Core.Objects.Packs;

/// <summary>A pack that grows: objects one after another, each readable as soon as it was added. Written by several threads at once.</summary>
internal sealed class PackWriter
{
    /// <summary>Bytes of objects at which a pack is full.</summary>
    internal const long MaxBytes = 1L << 30;

    /// <summary>Objects at which a pack is full.</summary>
    internal const int MaxEntries = 1 << 17;

    /// <summary>The disk is set to work after so many bytes, so that the sync at the end has little left to do.</summary>
    private const long WriteBackBytes = 16L << 20;

    private readonly ConcurrentDictionary<ObjectId, PackEntry> _entries = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _end = PackTrailer.DataStart;
    private long _writtenBack = PackTrailer.DataStart;
    private int _writing;
    private int _reserved;
    private bool _closed;

    internal PackWriter(FileHandle file, byte[] name, byte[] finalName)
    {
        File = new SharedFile(file);
        Name = name;
        FinalName = finalName;
    }

    internal SharedFile File { get; }

    /// <summary>Its name while it grows.</summary>
    internal byte[] Name { get; }

    /// <summary>The name it gets once it is durable.</summary>
    internal byte[] FinalName { get; }

    internal bool TryFind(ObjectId id, out PackEntry entry) => _entries.TryGetValue(id, out entry);

    /// <summary>Takes an object out; its bytes stay. False when it is not in the pack.</summary>
    internal bool Remove(ObjectId id) => _entries.TryRemove(id, out _);

    /// <summary>Appends an object whose digest was verified.</summary>
    /// <param name="id">Its digest.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="added">False when another thread added the same one.</param>
    /// <returns>False when the pack takes no more objects.</returns>
    internal bool TryAdd(ObjectId id, ReadOnlySpan<byte> content, out bool added)
    {
        added = false;
        if (!TryReserve(content.Length, out var offset))
        {
            return false;
        }

        try
        {
            // After a failed write its place stays unused: only the index says what is an object.
            File.File.WriteAt(offset, content);
            added = _entries.TryAdd(id, new PackEntry(id, offset, content.Length));
        }
        finally
        {
            Release();
        }

        return true;
    }

    /// <summary>Takes no more objects and waits for those that are being written.</summary>
    internal Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_writing == 0)
            {
                _idle.TrySetResult();
            }
        }

        return _idle.Task;
    }

    /// <summary>Writes the index and makes all of it durable. The pack is closed.</summary>
    /// <returns>False when it holds nothing; then nothing is written.</returns>
    internal bool TrySeal()
    {
        var entries = _entries.Values.ToArray();
        if (entries.Length == 0)
        {
            return false;
        }

        Array.Sort(entries, static (a, b) => a.Id.CompareTo(b.Id));
        var indexOffset = (_end + PackPage.Bytes - 1) / PackPage.Bytes * PackPage.Bytes;
        var trailer = new PackTrailer(entries.Length, indexOffset, (uint)File.File.GetStatus().ModificationTime.Seconds, default);
        var index = new byte[trailer.Pages * PackPage.Bytes];
        var tables = new byte[trailer.TablesBytes + PackTrailer.Bytes];
        var filter = new PackFilter(new byte[trailer.FilterBytes]);
        var first = MemoryMarshal.Cast<byte, ulong>(tables.AsSpan(trailer.FilterBytes, trailer.Pages * sizeof(ulong)));
        for (var page = 0; page < trailer.Pages; page++)
        {
            var part = entries.AsSpan(page * PackPage.MaxEntries, Math.Min(PackPage.MaxEntries, entries.Length - page * PackPage.MaxEntries));
            PackPage.Write(part, index.AsSpan(page * PackPage.Bytes, PackPage.Bytes));
            first[page] = part[0].Id.Prefix;
            foreach (var entry in part)
            {
                filter.Add(entry.Id);
            }
        }

        filter.Bits.CopyTo(tables);
        trailer = trailer with { TablesDigest = new ObjectId(SHA256.HashData(tables.AsSpan(0, trailer.TablesBytes))) };
        trailer.Write(tables.AsSpan(trailer.TablesBytes));
        File.File.WriteAt(trailer.IndexOffset, index);
        File.File.WriteAt(trailer.TablesOffset, tables);
        File.File.WriteAt(0, tables.AsSpan(trailer.TablesBytes));
        File.File.SyncData();
        return true;
    }

    private bool TryReserve(int bytes, out long offset)
    {
        lock (_lock)
        {
            offset = _end;
            if (_closed || _reserved == MaxEntries || _end + bytes > MaxBytes)
            {
                return false;
            }

            _end += bytes;
            _reserved++;
            _writing++;
            return true;
        }
    }

    private void Release()
    {
        long from;
        long until;
        lock (_lock)
        {
            if (--_writing == 0 && _closed)
            {
                _idle.TrySetResult();
            }

            (from, until) = (_writtenBack, _end);
            if (until - from < WriteBackBytes)
            {
                return;
            }

            _writtenBack = until;
        }

        File.File.BeginWriteBack(from, until - from);
    }
}
