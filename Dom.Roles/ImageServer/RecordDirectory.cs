using System.Diagnostics.CodeAnalysis;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Small durable records, each a file called by the SHA-256 of its key, so that no key reaches outside the directory.</summary>
/// <remarks>
/// A file holds the record's SHA-256 and the record. It is replaced by a rename after a sync, so each record is the old or the new one. A file that
/// is damaged is reported and left alone: its key stays used, the other records stand. Changes are to be made one at a time.
/// </remarks>
internal sealed class RecordDirectory<TRecord> : IDisposable
    where TRecord : class, IMessagePackSerializable<TRecord>
{
    private const int MaxRecordBytes = 64 * 1024;

    private readonly DirectoryHandle _directory;
    private readonly Func<TRecord, string?> _keyOf;
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    private RecordDirectory(DirectoryHandle directory, Func<TRecord, string?> keyOf)
    {
        _directory = directory;
        _keyOf = keyOf;
    }

    /// <summary>Files that could not be read when the directory was opened.</summary>
    public int Damaged => _damaged.Count;

    /// <summary>Opens the directory and reads all records.</summary>
    /// <param name="path">The directory, made when it is not there.</param>
    /// <param name="keyOf">The key of a record; null when the record is not valid.</param>
    /// <param name="loaded">Gets each record.</param>
    /// <param name="log">Gets what is damaged.</param>
    public static RecordDirectory<TRecord> Open(string path, Func<TRecord, string?> keyOf, Action<TRecord> loaded, ILogger log)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var directory = new RecordDirectory<TRecord>(DirectoryHandle.Open(path), keyOf);
        try
        {
            directory.Load(loaded, log);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>True when the key has a file that cannot be read.</summary>
    public bool IsDamaged(string key) => _damaged.Contains(Encoding.ASCII.GetString(FileName(key)));

    /// <summary>Writes a record durably.</summary>
    public void Write(string key, TRecord record)
    {
        byte[] body = MessagePackSerializer.Serialize(record);
        var content = new byte[ObjectId.Size + body.Length];
        ObjectId.Of(body).CopyTo(content);
        body.CopyTo(content, ObjectId.Size);

        byte[] temporary = [.. FileName(key), .. ".new"u8];
        _directory.UnlinkIfExists(temporary);
        try
        {
            using (var file = _directory.CreateFile(temporary, 0x180 /* 0600 */))
            {
                file.Write(content);
                file.Sync();
            }

            _directory.Rename(temporary, _directory, FileName(key));
        }
        catch (IOException)
        {
            _directory.UnlinkIfExists(temporary);
            throw;
        }

        _directory.Sync();
    }

    /// <summary>Removes a record durably.</summary>
    public void Remove(string key)
    {
        _directory.UnlinkIfExists(FileName(key));
        _directory.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static byte[] FileName(string key) => Encoding.ASCII.GetBytes(ObjectId.Of(Encoding.UTF8.GetBytes(key)).ToString());

    private void Load(Action<TRecord> loaded, ILogger log)
    {
        var files = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(_directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            files.Add(reader.Name.ToArray());
        }

        // Records that are not seen could be written over.
        if (error != Errno.None)
        {
            throw new LinuxException(error, "list the records in", _directory.DescribePath());
        }

        var buffer = new byte[MaxRecordBytes];
        foreach (var file in files)
        {
            if (file.Length != 2 * ObjectId.Size)
            {
                // A change that was not finished: its answer was never given.
                _directory.UnlinkIfExists(file);
            }
            else if (TryRead(file, buffer, out var record, out var fault))
            {
                loaded(record);
            }
            else
            {
                _damaged.Add(Encoding.ASCII.GetString(file));
                log.DamagedName($"{_directory.DescribePath()}/{NameText.Escape(file)}", fault);
            }
        }
    }

    private bool TryRead(byte[] fileName, byte[] buffer, [NotNullWhen(true)] out TRecord? record, out string fault)
    {
        (record, fault) = (null, "");
        try
        {
            using var file = _directory.OpenFile(fileName);
            var length = 0;
            while (length < buffer.Length && file.Read(buffer.AsSpan(length)) is var read and > 0)
            {
                length += read;
            }

            if (length <= ObjectId.Size || ObjectId.Of(buffer.AsSpan(ObjectId.Size, length - ObjectId.Size)) != new ObjectId(buffer.AsSpan(0, ObjectId.Size)))
            {
                fault = "its checksum is wrong";
                return false;
            }

            var decoded = MessagePackSerializer.Deserialize<TRecord>(buffer.AsMemory(ObjectId.Size, length - ObjectId.Size).ToArray());
            if (_keyOf(decoded) is not { } key || !FileName(key).AsSpan().SequenceEqual(fileName))
            {
                fault = "it is the file of another name, or its name is not valid";
                return false;
            }

            record = decoded;
            return true;
        }
        catch (Exception e) when (e is IOException or MessagePackException)
        {
            fault = e.Message;
            return false;
        }
    }
}
