using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Drift;

/// <summary>The newest 10,000 corrected deviations, durable, with numbers that never come again.</summary>
/// <remarks>
/// Files in <c>.subd/drift</c>, each named by the number of its first record and closed when it is full; the oldest goes when the others suffice. A record that
/// was being written when the machine died is cut off at the next start.
/// </remarks>
internal sealed class DriftLog : IDisposable
{
    /// <summary>Records that are kept.</summary>
    public const int Capacity = 10_000;

    private const int SegmentRecords = 1000;
    private const int SegmentBytes = 1 << 20;
    private const int MaxBytes = 32 << 20;
    private const int MaxRecord = 64 * 1024;
    private const int PageRecords = 256;
    private const int PageBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly DirectoryHandle _directory;
    private readonly List<DriftSegment> _segments = [];
    private long _last;

    private DriftLog(DirectoryHandle directory, ulong id)
    {
        _directory = directory;
        Id = id;
    }

    /// <summary>Random number of this log.</summary>
    public ulong Id { get; }

    /// <summary>Number of the newest record; 0 before the first.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    private static ReadOnlySpan<byte> IdFile => "id"u8;

    /// <summary>Opens the log of a private directory, making it at the first time.</summary>
    public static DriftLog Open(DirectoryHandle privateDirectory)
    {
        var directory = privateDirectory.OpenOrMakeDirectory("drift"u8, 0x1c0);
        var known = directory.ReadFileIfExists(IdFile, sizeof(ulong));
        var log = new DriftLog(directory, known is { Length: sizeof(ulong) } ? BinaryPrimitives.ReadUInt64LittleEndian(known) : NewId(directory));
        log.ReadSegments(known is null);
        return log;
    }

    /// <summary>Numbers records and appends them; durable when this returns. Of more than the log keeps, the last are written.</summary>
    /// <exception cref="IOException">They could not be written; none of them is in the log.</exception>
    public void Append(IReadOnlyList<DriftRecord> records)
    {
        lock (_lock)
        {
            var number = _last;
            var from = Math.Max(0, records.Count - Capacity);
            var next = from;
            while (next < records.Count)
            {
                next = AppendTo(OpenSegment(number + next + 1), records, next, number);
                DropOld();
            }

            _last = number + records.Count;
        }
    }

    /// <summary>The records after a number, as pages; always at least one.</summary>
    public IEnumerable<DriftPage> Read(GetDriftRequest request)
    {
        DriftSegment[] segments;
        long last;
        lock (_lock)
        {
            (segments, last) = ([.. _segments], _last);
        }

        var after = request.Log == Id ? Math.Clamp(request.After, 0, last) : 0;
        var first = segments.Length == 0 ? last + 1 : segments[0].First;
        var page = new List<DriftRecord>();
        var bytes = 0;
        long? lost = Math.Max(0, first - after - 1);
        foreach (var segment in segments.Where(s => s.End > after + 1))
        {
            foreach (var (record, size) in ReadSegment(segment))
            {
                if (record.Number <= after || record.Number > last)
                {
                    continue;
                }

                page.Add(record);
                bytes += size;
                if (page.Count >= PageRecords || bytes >= PageBytes)
                {
                    yield return new DriftPage { Log = Id, Lost = lost ?? 0, Records = page };
                    (page, bytes, lost) = ([], 0, null);
                }
            }
        }

        if (page.Count > 0 || lost is not null)
        {
            yield return new DriftPage { Log = Id, Lost = lost ?? 0, Records = page };
        }
    }

    /// <summary>The newest records, the newest first.</summary>
    public IEnumerable<DriftRecord> ReadNewest(int count) =>
        Read(new GetDriftRequest { Log = Id, After = Math.Max(0, Last - count) }).SelectMany(static page => page.Records).Reverse();

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static ulong NewId(DirectoryHandle directory)
    {
        // 53 bits, so that JSON's numbers hold it.
        var id = (BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11) | 1;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, id);
        directory.ReplaceFile(IdFile, bytes);
        return id;
    }

    private static byte[] NameOf(long first) => Encoding.ASCII.GetBytes(first.ToString("D16", CultureInfo.InvariantCulture));

    private void ReadSegments(bool isNew)
    {
        foreach (var name in _directory.ListNames())
        {
            if (!long.TryParse(Encoding.ASCII.GetString(name), NumberStyles.None, CultureInfo.InvariantCulture, out var first))
            {
                continue;
            }

            if (isNew)
            {
                // Their numbers belong to a log whose id was lost.
                _directory.UnlinkIfExists(name);
                continue;
            }

            _segments.Add(Measure(name, first));
        }

        _segments.Sort(static (a, b) => a.First.CompareTo(b.First));
        _last = _segments.Count == 0 ? 0 : _segments[^1].End - 1;
    }

    /// <summary>Counts the records of a file, and cuts off what is none.</summary>
    private DriftSegment Measure(byte[] name, long first)
    {
        var rest = ReadAll(name);
        var size = rest.Length;
        var (count, checksum) = (0, 0u);
        while (RecordFrames.TryTake(ref rest, ref checksum, MaxRecord, out _))
        {
            count++;
        }

        if (!rest.IsEmpty)
        {
            using var file = _directory.OpenFileForWriting(name);
            file.SetSize(size - rest.Length);
        }

        return new DriftSegment(first, count, size - rest.Length, checksum);
    }

    private int OpenSegment(long first)
    {
        if (_segments.Count == 0 || _segments[^1] is { Count: >= SegmentRecords } or { Bytes: >= SegmentBytes } || _segments[^1].End != first)
        {
            _segments.Add(new DriftSegment(first, 0, 0, 0));
        }

        return _segments.Count - 1;
    }

    /// <summary>Appends what fits into a segment; returns the index of the first record that did not.</summary>
    private int AppendTo(int index, IReadOnlyList<DriftRecord> records, int from, long number)
    {
        var segment = _segments[index];
        var buffer = new ArrayBufferWriter<byte>();
        var payload = new ArrayBufferWriter<byte>();
        var checksum = segment.Checksum;
        var (next, count) = (from, segment.Count);
        while (next < records.Count && count < SegmentRecords && segment.Bytes + buffer.WrittenCount < SegmentBytes)
        {
            MessagePackSerializer.Serialize(payload, records[next] with { Number = number + next + 1 });
            RecordFrames.Append(buffer, payload.WrittenSpan, ref checksum);
            payload.ResetWrittenCount();
            next++;
            count++;
        }

        using var file = _directory.OpenOrCreateFile(NameOf(segment.First), 0x180);

        // What an attempt that failed left behind is overwritten.
        file.SetSize(segment.Bytes);
        file.WriteAt(segment.Bytes, buffer.WrittenSpan);
        file.SyncData();
        if (segment.Count == 0)
        {
            _directory.Sync();
        }

        _segments[index] = new DriftSegment(segment.First, count, segment.Bytes + buffer.WrittenCount, checksum);
        return next;
    }

    private void DropOld()
    {
        while (_segments.Count > 1
            && (_segments[^1].End - _segments[1].First >= Capacity || _segments.Sum(static s => s.Bytes) > MaxBytes))
        {
            _directory.UnlinkIfExists(NameOf(_segments[0].First));
            _segments.RemoveAt(0);
        }
    }

    private IEnumerable<(DriftRecord Record, int Size)> ReadSegment(DriftSegment segment)
    {
        var rest = ReadAll(NameOf(segment.First));
        var checksum = 0u;
        while (RecordFrames.TryTake(ref rest, ref checksum, MaxRecord, out var payload))
        {
            yield return (MessagePackSerializer.Deserialize<DriftRecord>(payload), payload.Length);
        }
    }

    private ReadOnlyMemory<byte> ReadAll(byte[] name) => _directory.ReadFileIfExists(name, 2 * SegmentBytes) ?? default;
}
