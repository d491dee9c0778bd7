using Dom.Core.Images;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>The names of images, each a small durable record; a deleted name keeps its record, so that it is never used again.</summary>
internal sealed class ImageNames : IAsyncDisposable
{
    private readonly RecordDirectory<NameRecord> _files;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<ImageName, NameRecord> _records = [];
    private ImageName[]? _sorted;
    private long _version;

    private ImageNames(string path, ILogger log) => _files = RecordDirectory<NameRecord>.Open(
        path,
        static r => ImageName.TryParse(r.Name, out _, out _) ? r.Name : null,
        r => _records.Add(ImageName.Parse(r.Name), r),
        log);

    /// <summary>Files that could not be read at the start.</summary>
    public int Damaged => _files.Damaged;

    /// <summary>A number that grows with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Names that stand for an image.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return Sorted().Length;
            }
        }
    }

    /// <summary>Reads all names.</summary>
    public static ImageNames Open(string path, ILogger log) => new(path, log);

    /// <summary>The record of a name, also of a deleted one; null when the name was never used.</summary>
    public NameRecord? Find(ImageName name)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault(name);
        }
    }

    /// <summary>True when the name has a file that cannot be read: whether it stands for an image or was deleted is not known.</summary>
    public bool IsDamaged(ImageName name) => _files.IsDamaged(name.ToString());

    /// <summary>The images in a directory and below it, in version-aware order.</summary>
    public IReadOnlyList<NameRecord> List(string directory)
    {
        lock (_lock)
        {
            return [.. Sorted().Where(n => n.IsBelow(directory)).Select(n => _records[n])];
        }
    }

    /// <summary>Changes a record durably.</summary>
    /// <param name="name">The name.</param>
    /// <param name="change">Gets the record that stands, null for none, and returns the new one, or throws to leave it.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    /// <returns>The new record.</returns>
    public async Task<NameRecord> ChangeAsync(ImageName name, Func<NameRecord?, NameRecord> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = Find(name);
            var after = change(before);
            if (!ReferenceEquals(before, after))
            {
                _files.Write(name.ToString(), after);
                lock (_lock)
                {
                    _records[name] = after;
                    _sorted = null;
                    _version++;
                }
            }

            return after;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Forgets the images that have expired; their names may be used again.</summary>
    public async Task<IReadOnlyList<NameRecord>> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            NameRecord[] expired;
            lock (_lock)
            {
                expired = [.. _records.Values.Where(r => r.HasExpired(now))];
            }

            foreach (var record in expired)
            {
                _files.Remove(record.Name);
                lock (_lock)
                {
                    _records.Remove(ImageName.Parse(record.Name));
                    _sorted = null;
                    _version++;
                }
            }

            return expired;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        _changing.Dispose();
        _files.Dispose();
    }

    private ImageName[] Sorted() => _sorted ??= [.. _records.Where(r => r.Value.DeletedOn is null).Select(r => r.Key).Order()];
}
