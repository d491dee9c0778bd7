using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Core.Objects.Packs;

/// <summary>Small objects, many in a file. A pack gets its name only when all of it is durable; until then a crash leaves nothing of it.</summary>
internal sealed class PackDirectory : IAsyncDisposable
{
    private const uint FileMode = 0x180; // 0600
    private const int DiskBlock = 4096;
    private const string Extension = ".pack";

    private readonly DirectoryHandle _directory;
    private readonly SemaphoreSlim _sealing = new(1);
    private readonly Lock _lock = new();
    private volatile PackFile[] _packs = [];
    private volatile PackWriter[] _growing = [];
    private PackWriter? _current;
    private ulong _next = 1;
    private IOException? _failure;

    private PackDirectory(DirectoryHandle directory) => _directory = directory;

    /// <summary>Names of packs that could not be used when the directory was opened, and why.</summary>
    internal IReadOnlyList<(string Name, string Fault)> Damaged { get; private set; } = [];

    /// <summary>The finished packs, newest first.</summary>
    internal IReadOnlyList<PackFile> Packs => _packs;

    internal static PackDirectory Open(DirectoryHandle directory)
    {
        var packs = new PackDirectory(directory);
        packs.Load();
        return packs;
    }

    /// <summary>Bytes of an object; -1 when it is in no pack.</summary>
    internal long GetSize(ObjectId id) => TryFind(id, out _, out var entry) ? entry.Size : -1;

    /// <summary>Opens an object; null when it is in no pack.</summary>
    internal PackObjectReader? TryOpen(ObjectId id, long offset)
    {
        while (TryFind(id, out var file, out var entry))
        {
            if (file.TryUse())
            {
                return new PackObjectReader(file, entry, offset);
            }
        }

        return null;
    }

    /// <summary>Lets the next reading of an object come from the disk.</summary>
    internal void DropFromCache(ObjectId id)
    {
        if (TryFind(id, out var file, out var entry) && file.TryUse())
        {
            file.File.Advise(FileAdvice.DontNeed, entry.Offset, entry.Size);
            file.Leave();
        }
    }

    /// <summary>Reads a whole object, not verified; what the disk does not give is zero. Null when it is in no pack.</summary>
    internal byte[]? TryRead(ObjectId id)
    {
        while (TryFind(id, out var file, out var entry))
        {
            if (!file.TryUse())
            {
                continue;
            }

            try
            {
                var bytes = new byte[entry.Size];
                for (var filled = 0; filled < bytes.Length;)
                {
                    var error = file.File.TryReadAt(entry.Offset + filled, bytes.AsSpan(filled), out var count);
                    filled += error == Errno.None && count > 0 ? count : Math.Min(DiskBlock, bytes.Length - filled);
                }

                return bytes;
            }
            finally
            {
                file.Leave();
            }
        }

        return null;
    }

    /// <summary>Adds an object whose digest was verified. Durable after <see cref="SyncAsync"/>.</summary>
    /// <returns>False when it was added before.</returns>
    internal async ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (true)
        {
            var writer = Current();
            if (writer.TryAdd(id, content.Span, out var added))
            {
                return added;
            }

            await SealAsync(writer, cancellationToken);
        }
    }

    /// <summary>Makes every object added so far durable.</summary>
    /// <exception cref="IOException">The disk did not take them; those added since the last sync are gone.</exception>
    internal async Task SyncAsync(CancellationToken cancellationToken)
    {
        await SealAsync(null, cancellationToken);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Removes an object from all packs. False when it was in none.</summary>
    internal bool Remove(ObjectId id)
    {
        var removed = false;
        foreach (var writer in _growing)
        {
            removed |= writer.Remove(id);
        }

        foreach (var pack in _packs)
        {
            removed |= pack.TryFind(id, out _) && pack.Remove(id);
        }

        return removed;
    }

    /// <summary>Deletes a pack; what reads in it goes on. Its objects are gone.</summary>
    internal void Delete(PackFile pack)
    {
        lock (_lock)
        {
            _packs = [.. _packs.Where(p => p != pack)];
        }

        _directory.UnlinkIfExists(pack.Name);
        pack.File.Leave();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sealing.WaitAsync();
        _sealing.Dispose();
        foreach (var writer in _growing)
        {
            writer.File.Leave();
        }

        foreach (var pack in _packs)
        {
            pack.File.Leave();
        }

        _directory.Dispose();
    }

    private bool TryFind(ObjectId id, [NotNullWhen(true)] out SharedFile? file, out PackEntry entry)
    {
        // A pack stands in both lists for a moment when it is finished, never in none.
        foreach (var writer in _growing)
        {
            if (writer.TryFind(id, out entry))
            {
                file = writer.File;
                return true;
            }
        }

        foreach (var pack in _packs)
        {
            if (pack.TryFind(id, out entry))
            {
                file = pack.File;
                return true;
            }
        }

        file = null;
        entry = default;
        return false;
    }

    private PackWriter Current()
    {
        lock (_lock)
        {
            if (_current is null)
            {
                var number = _next++.ToString("x16", CultureInfo.InvariantCulture);
                var name = Encoding.ASCII.GetBytes(number + ".new");
                _current = new PackWriter(_directory.CreateFile(name, FileMode), name, Encoding.ASCII.GetBytes(number + Extension));
                _growing = [.. _growing, _current];
            }

            return _current;
        }
    }

    /// <summary>Finishes the pack that grows; with a writer given, only if it is still that one.</summary>
    private async Task SealAsync(PackWriter? full, CancellationToken cancellationToken)
    {
        await _sealing.WaitAsync(cancellationToken);
        try
        {
            PackWriter? writer;
            lock (_lock)
            {
                writer = _current;
                if (writer is null || (full is not null && full != writer))
                {
                    return;
                }

                _current = null;
            }

            await writer.CloseAsync();
            await Task.Run(() => Finish(writer), CancellationToken.None);
        }
        finally
        {
            _sealing.Release();
        }
    }

    private void Finish(PackWriter writer)
    {
        PackFile? pack = null;
        try
        {
            if (writer.TrySeal())
            {
                _directory.Rename(writer.Name, _directory, writer.FinalName);
                _directory.Sync();
                pack = PackFile.Open(writer.File, writer.FinalName);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Whoever syncs next must hear of it, since its objects may have been in this pack.
            _failure = e as IOException ?? new IOException($"a pack cannot be read right after it was written: {e.Message}", e);
        }

        lock (_lock)
        {
            _packs = pack is null ? _packs : [pack, .. _packs];
            _growing = [.. _growing.Where(w => w != writer)];
        }

        if (pack is null)
        {
            _directory.UnlinkIfExists(writer.Name);
            _directory.UnlinkIfExists(writer.FinalName);
            writer.File.Leave();
        }
    }

    private void Load()
    {
        var names = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(_directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            names.Add(reader.Name.ToArray());
        }

        if (error != Errno.None)
        {
            throw new LinuxException(error, "list the packs in", _directory.DescribePath());
        }

        var packs = new List<(ulong Number, PackFile Pack)>();
        var damaged = new List<(string, string)>();
        foreach (var name in names)
        {
            var text = Encoding.ASCII.GetString(name);
            if (!text.EndsWith(Extension, StringComparison.Ordinal)
                || !ulong.TryParse(text.AsSpan(0, text.Length - Extension.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
            {
                // A pack that was never finished: nothing of it was acknowledged.
                _directory.UnlinkIfExists(name);
                continue;
            }

            _next = Math.Max(_next, number + 1);
            var file = new SharedFile(_directory.OpenFileForWriting(name));
            try
            {
                packs.Add((number, PackFile.Open(file, name)));
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                file.Leave();
                damaged.Add(($"{_directory.DescribePath()}/{NameText.Escape(name)}", e.Message));
            }
        }

        _packs = [.. packs.OrderByDescending(static p => p.Number).Select(static p => p.Pack)];
        Damaged = damaged;
    }
}
