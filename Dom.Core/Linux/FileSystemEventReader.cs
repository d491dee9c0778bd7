using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>Takes apart what <see cref="FileSystemEvents.Read"/> put into a buffer.</summary>
/// <remarks>
/// <c>struct fanotify_event_metadata</c>: length 4, version 1, 1, header length 2, mask 8, descriptor 4, process 4. Records follow: type 1, 1, length 2, file
/// system 8, <c>struct file_handle</c> (bytes 4, type 4, handle) and for some types a name with a zero byte.
/// </remarks>
public ref struct FileSystemEventReader(ReadOnlySpan<byte> events)
{
    private const int HeaderBytes = 24;
    private const int RecordHeaderBytes = 12;
    private const int HandleHeaderBytes = 8;
    private const byte Version = 3;

    private ReadOnlySpan<byte> _rest = events;

    /// <summary>The event that was reached.</summary>
    public FileSystemEvent Current { get; private set; }

    /// <summary>Goes to the next event.</summary>
    /// <exception cref="InvalidDataException">The kernel speaks another version of the format.</exception>
    public bool MoveNext()
    {
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        var length = (int)MemoryMarshal.Read<uint>(_rest);
        var header = MemoryMarshal.Read<ushort>(_rest[6..]);
        if (_rest[4] != Version || header < HeaderBytes || length < header || length > _rest.Length)
        {
            throw new InvalidDataException($"the kernel's events have format {_rest[4]}, this program knows {Version}");
        }

        Current = Parse(_rest[..length], header);
        _rest = _rest[length..];
        return true;
    }

    private static FileSystemEvent Parse(ReadOnlySpan<byte> bytes, int header)
    {
        ReadOnlySpan<byte> directory = default, name = default, inode = default;
        var records = bytes[header..];
        while (records.Length >= RecordHeaderBytes + HandleHeaderBytes)
        {
            const byte inodeRecord = 1, namedRecord = 2, directoryRecord = 3;
            var length = MemoryMarshal.Read<ushort>(records[2..]);
            if (length < RecordHeaderBytes + HandleHeaderBytes || length > records.Length)
            {
                break;
            }

            var record = records[RecordHeaderBytes..length];
            var key = record[..Math.Min(record.Length, HandleHeaderBytes + (int)MemoryMarshal.Read<uint>(record))];
            switch (records[0])
            {
                case inodeRecord:
                    inode = key;
                    break;
                case namedRecord:
                    directory = key;
                    name = record[key.Length..];
                    name = name.IndexOf((byte)0) is >= 0 and var end ? name[..end] : name;
                    break;
                case directoryRecord:
                    directory = key;
                    break;
                default:
                    break;
            }

            records = records[length..];
        }

        return new FileSystemEvent
        {
            Kinds = (FileSystemEventKinds)MemoryMarshal.Read<ulong>(bytes[8..]),
            Process = MemoryMarshal.Read<int>(bytes[20..]),
            Directory = directory,
            Name = name,
            Inode = inode,
        };
    }
}
