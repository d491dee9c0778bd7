using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Linux;

namespace Dom.Roles.Master.Records;

/// <summary>
/// Records of each machine in two files of its own, one object of JSON a line: the current file is appended to, and becomes the old one, in place of the
/// one before, when it is half as large as allowed. A torn line, as a crash leaves it, costs that record only. One writer for a machine at a time.
/// </summary>
internal sealed class MachineLog<T> : IDisposable
    where T : class
{
    private const uint OwnerOnly = 0x180;
    private const uint OwnerOnlyDirectory = 0x1c0;
    private const int LongestPlainName = 200;
    private const byte LineEnd = (byte)'\n';

    private readonly DirectoryHandle _directory;
    private readonly JsonTypeInfo<T> _type;
    private readonly int _bytesPerFile;

    /// <param name="parent">The state directory; stays the caller's.</param>
    /// <param name="name">Name of the directory in it, made when it is not there.</param>
    /// <param name="type">The form of a record.</param>
    /// <param name="bytesPerMachine">What both files of a machine may take together.</param>
    public MachineLog(DirectoryHandle parent, string name, JsonTypeInfo<T> type, int bytesPerMachine)
    {
        _directory = parent.OpenOrMakeDirectory(Encoding.UTF8.GetBytes(name), OwnerOnlyDirectory);
        _type = type;
        _bytesPerFile = bytesPerMachine / 2;
    }

    /// <summary>Appends records.</summary>
    /// <exception cref="IOException">They could not be written, or not all of them.</exception>
    public void Append(string hostname, IReadOnlyList<T> records)
    {
        var lines = new MemoryStream();
        using var file = OpenCurrent(hostname, out var size, out var isTorn);
        if (isTorn)
        {
            lines.WriteByte(LineEnd);
        }

        foreach (var record in records)
        {
            JsonSerializer.Serialize(lines, record, _type);
            lines.WriteByte(LineEnd);
        }

        file.Seek(size);
        file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
    }

    /// <summary>The records of a machine, the oldest first; lines that cannot be read are passed over.</summary>
    public IEnumerable<T> Read(string hostname)
    {
        foreach (var content in ReadFiles(hostname))
        {
            for (var rest = content; rest.Length > 0;)
            {
                var end = rest.Span.IndexOf(LineEnd);
                if (Parse(end < 0 ? rest : rest[..end]) is { } record)
                {
                    yield return record;
                }

                rest = end < 0 ? default : rest[(end + 1)..];
            }
        }
    }

    /// <summary>Makes everything appended durable.</summary>
    public void Sync() => _directory.SyncFileSystem();

    /// <summary>Removes the records of machines for which nothing was recorded since a moment.</summary>
    /// <param name="keeps">Names of machines that keep theirs.</param>
    /// <param name="before">The moment, by the clock of the file system.</param>
    public void Prune(IEnumerable<string> keeps, DateTimeOffset before)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var hostname in keeps)
        {
            kept.Add(FileName(hostname));
            kept.Add(FileName(hostname) + OldMark);
        }

        foreach (var name in _directory.ListNames())
        {
            if (!kept.Contains(Encoding.UTF8.GetString(name)) && _directory.TryOpenFile(name, out var file) == Errno.None)
            {
                using (file)
                {
                    if (file?.GetStatus().ModificationTime.ToDateTimeOffset() < before)
                    {
                        _directory.UnlinkIfExists(name);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private const string OldMark = ".old";

    private static string FileName(string hostname) =>
        (hostname.Length <= LongestPlainName ? hostname : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hostname)))) + ".jsonl";

    private FileHandle OpenCurrent(string hostname, out long size, out bool isTorn)
    {
        var name = Encoding.UTF8.GetBytes(FileName(hostname));
        var file = _directory.OpenOrCreateFile(name, OwnerOnly);
        try
        {
            size = file.GetStatus().Size;
            if (size >= _bytesPerFile)
            {
                _directory.Rename(name, _directory, Encoding.UTF8.GetBytes(FileName(hostname) + OldMark));
                file.Dispose();
                file = _directory.OpenOrCreateFile(name, OwnerOnly);
                size = file.GetStatus().Size;
            }

            Span<byte> last = stackalloc byte[1];
            isTorn = size > 0 && file.TryReadAt(size - 1, last, out var count) == Errno.None && count == 1 && last[0] != LineEnd;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The content of both files, of one moment: a file that becomes the old one meanwhile is neither missed nor read twice.</summary>
    private List<ReadOnlyMemory<byte>> ReadFiles(string hostname)
    {
        var name = Encoding.UTF8.GetBytes(FileName(hostname));
        var oldName = Encoding.UTF8.GetBytes(FileName(hostname) + OldMark);
        while (true)
        {
            using var current = TryOpen(name);
            using var old = TryOpen(oldName);
            if (current is not null && old is not null && current.GetStatus().Inode == old.GetStatus().Inode)
            {
                continue;
            }

            var contents = new List<ReadOnlyMemory<byte>>(2);
            foreach (var file in new[] { old, current })
            {
                if (file is not null)
                {
                    contents.Add(ReadAll(file));
                }
            }

            return contents;
        }
    }

    private FileHandle? TryOpen(byte[] name)
    {
        var error = _directory.TryOpenFile(name, out var file);
        return error is Errno.None or Errno.ENOENT ? file : throw new LinuxException(error, "open", $"{_directory.DescribePath()}/{Encoding.UTF8.GetString(name)}");
    }

    private static ReadOnlyMemory<byte> ReadAll(FileHandle file)
    {
        var content = new byte[file.GetStatus().Size];
        var length = 0;
        while (length < content.Length && file.TryReadAt(length, content.AsSpan(length), out var count) == Errno.None && count > 0)
        {
            length += count;
        }

        return content.AsMemory(0, length);
    }

    private T? Parse(ReadOnlyMemory<byte> line)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(line.Span, _type);
        }
        catch (JsonException)
        {
            // Torn by a crash, or damaged: the others still say what they say.
            return null;
        }
    }
}
