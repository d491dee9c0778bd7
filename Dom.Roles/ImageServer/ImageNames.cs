using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>The names of images, each a small durable file; a deleted name keeps its file, so that it is never used again.</summary>
/// <remarks>
/// A file is called by the SHA-256 of the name, so no name can reach outside the directory or collide with a directory of names. It holds the
/// record and the record's SHA-256. A file that is damaged is reported and left alone: its name stays used, the other names stand.
/// </remarks>
internal sealed class ImageNames : IAsyncDisposable
{
    private const int MaxRecordBytes = 64 * 1024;

    private readonly DirectoryHandle _directory;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<ImageName, NameRecord> _records = [];
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private ImageName[]? _sorted;
    private long _version;

    private ImageNames(DirectoryHandle directory) => _directory = directory;

    /// <summary>Files that could not be read at the start.</summary>
    public int Damaged => _damaged.Count;

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
    public static ImageNames Open(string path, ILogger log)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var names = new ImageNames(DirectoryHandle.Open(path));
        try
        {
            names.Load(log);
            return names;
        }
        catch
        {
            names._directory.Dispose();
            throw;
        }
    }

    /// <summary>The record of a name, also of a deleted one; null when the name was never used.</summary>
    public NameRecord? Find(ImageName name)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault(name);
        }
    }

    /// <summary>True when the name has a file that cannot be read: whether it stands for an image or was deleted is not known.</summary>
    public bool IsDamaged(ImageName name) => _damaged.Contains(System.Text.Encoding.ASCII.GetString(FileName(name)));

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
                Write(name, after);
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        _changing.Dispose();
        _directory.Dispose();
    }

    private static byte[] FileName(ImageName name) =>
        System.Text.Encoding.ASCII.GetBytes(ObjectId.Of(System.Text.Encoding.UTF8.GetBytes(name.ToString())).ToString());

    private ImageName[] Sorted() => _sorted ??= [.. _records.Where(r => r.Value.DeletedOn is null).Select(r => r.Key).Order()];

    private void Write(ImageName name, NameRecord record)
    {
        byte[] body = MessagePackSerializer.Serialize(record);
        var content = new byte[ObjectId.Size + body.Length];
        ObjectId.Of(body).CopyTo(content);
        body.CopyTo(content, ObjectId.Size);

        _directory.ReplaceFile(FileName(name), content);
    }

    private void Load(ILogger log)
    {
        var files = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(_directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            files.Add(reader.Name.ToArray());
        }

        // Names that are not seen could be given to other images.
        if (error != Errno.None)
        {
            throw new LinuxException(error, "list the names of images in", _directory.DescribePath());
        }

        foreach (var file in files)
        {
            if (file.Length != 2 * ObjectId.Size)
            {
                // A change that was not finished: its answer was never given.
                _directory.UnlinkIfExists(file);
            }
            else if (TryRead(file, out var name, out var record, out var fault))
            {
                _records.Add(name, record);
            }
            else
            {
                _damaged.Add(System.Text.Encoding.ASCII.GetString(file));
                log.DamagedName($"{_directory.DescribePath()}/{NameText.Escape(file)}", fault);
            }
        }
    }

    private bool TryRead(byte[] fileName, out ImageName name, out NameRecord record, out string fault)
    {
        (name, record, fault) = (Unnamed, NoRecord, "");
        try
        {
            var content = _directory.ReadFileIfExists(fileName, MaxRecordBytes) ?? [];
            if (content.Length <= ObjectId.Size || ObjectId.Of(content.AsSpan(ObjectId.Size)) != new ObjectId(content.AsSpan(0, ObjectId.Size)))
            {
                fault = "its checksum is wrong";
                return false;
            }

            record = MessagePackSerializer.Deserialize<NameRecord>(content.AsMemory(ObjectId.Size));
            if (!ImageName.TryParse(record.Name, out var parsed, out var reason) || !FileName(parsed).AsSpan().SequenceEqual(fileName))
            {
                fault = reason ?? "it is the file of another name";
                return false;
            }

            name = parsed;
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or MessagePackException)
        {
            fault = e.Message;
            return false;
        }
    }

    private static readonly ImageName Unnamed = ImageName.Parse("unnamed");
    private static readonly NameRecord NoRecord = new() { Name = "", Manifest = default };
}
