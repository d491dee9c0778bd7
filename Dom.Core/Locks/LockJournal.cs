using System.Buffers.Binary;
using Dom.Core.Linux;
using Dom.Core.Objects.Packs;

namespace Dom.Core.Locks;

/// <summary>
/// A file of fixed size that is written from its start to its end, one record a batch, and then begun anew after a snapshot of everything. Its blocks are
/// there from the beginning, so that making a record durable costs one flush of the disk.
/// </summary>
/// <remarks>
/// A record begins at a multiple of 64 bytes: magic, length, sequence number, CRC-32C of all that and of the payload, payload. Each is durable before the next
/// is written, so only the last one can be torn. A torn record with a whole one of a higher number anywhere behind it was durable once: that is damage, not a crash.
/// </remarks>
internal sealed class LockJournal : IDisposable
{
    /// <summary>Records begin at multiples of this.</summary>
    public const int Alignment = 64;

    private const uint Magic = 0xd0b1c5fe;
    private const int HeadBytes = 24;

    private readonly FileHandle _file;
    private readonly int _size;
    private int _position;

    private LockJournal(FileHandle file, int size)
    {
        _file = file;
        _size = size;
    }

    /// <summary>Makes an empty journal; it is there as a whole or not at all.</summary>
    public static void Create(DirectoryHandle directory, ReadOnlySpan<byte> name, int size)
    {
        directory.ReplaceFile(name, new byte[size]);
    }

    /// <summary>Opens a journal and gives its records after a number, in their order.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="size">Its size.</param>
    /// <param name="after">The number that the snapshot has.</param>
    /// <param name="apply">Takes number and payload.</param>
    /// <exception cref="InvalidDataException">Something that was durable is missing.</exception>
    public static LockJournal Open(DirectoryHandle directory, ReadOnlySpan<byte> name, int size, long after, Action<long, ReadOnlyMemory<byte>> apply)
    {
        var path = $"{directory.DescribePath()}/{NameText.Escape(name)}";
        var content = directory.ReadFileIfExists(name, size) ?? throw new InvalidDataException($"{path} is missing");
        if (content.Length != size)
        {
            throw new InvalidDataException($"{path} has {content.Length} bytes instead of {size}: it was cut");
        }

        var position = 0;
        var expected = after + 1;
        while (TryRead(content, position, out var sequence, out var payload) && sequence == expected)
        {
            apply(sequence, payload);
            position = Behind(position, payload.Length);
            expected++;
        }

        for (var at = position; at < size; at += Alignment)
        {
            if (TryRead(content, at, out var sequence, out _) && sequence > expected)
            {
                throw new InvalidDataException($"{path} is damaged: record {expected} cannot be read, but record {sequence} can");
            }
        }

        return new LockJournal(directory.OpenFileForWriting(name), size) { _position = position };
    }

    /// <summary>True when a payload of this size fits behind what is there.</summary>
    public bool HasRoomFor(int bytes) => (long)_position + HeadBytes + bytes <= _size;

    /// <summary>Writes a record and returns when it is durable. After an error nobody knows what stands there: begin anew after a snapshot.</summary>
    public void Append(long sequence, ReadOnlySpan<byte> payload)
    {
        var record = new byte[HeadBytes + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), sequence);
        payload.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(16), Checksum(record));
        _file.WriteAt(_position, record);
        _file.SyncData();
        _position = Behind(_position, payload.Length);
    }

    /// <summary>The next record goes to the start; those that are there are in a durable snapshot.</summary>
    public void Begin() => _position = 0;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static int Behind(int position, int payload) => (position + HeadBytes + payload + Alignment - 1) / Alignment * Alignment;

    private static bool TryRead(ReadOnlyMemory<byte> content, int position, out long sequence, out ReadOnlyMemory<byte> payload)
    {
        (sequence, payload) = (0, default);
        var rest = content.Span[Math.Min(position, content.Length)..];
        if (rest.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != Magic)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        if (length < 0 || length > rest.Length - HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]) != Checksum(rest[..(HeadBytes + length)]))
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadInt64LittleEndian(rest[8..]);
        payload = content.Slice(position + HeadBytes, length);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record) => PackPage.Checksum(record[..16]) ^ uint.RotateLeft(PackPage.Checksum(record[HeadBytes..]), 1);
}
