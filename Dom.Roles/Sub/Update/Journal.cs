using System.Buffers;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub.Update;

/// <summary>The file that carries an update over a crash: written before anything is touched, read at the next start.</summary>
/// <remarks>
/// A record (<see cref="RecordFrames"/>) is a MessagePack array. The steps themselves leave no records. Whether one was done is seen from the staging
/// directory, which a rename leaves in the same instant.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private const int Version = 2;

    /// <summary>The version before, which knew nothing of the way back: an update of the sub's own program is begun by one and ended by the other.</summary>
    private const int VersionBefore = 1;
    private const int FlushSize = 256 * 1024;

    /// <summary>Above the longest possible step: a path of 1,024 names and an entry with 64 KiB of attributes.</summary>
    private const int MaxRecord = 2 << 20;

    private static ReadOnlySpan<byte> FileName => "journal"u8;

    private readonly DirectoryHandle _directory;
    private readonly FileHandle _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushSize);
    private readonly ArrayBufferWriter<byte> _record = new(512);
    private uint _checksum;

    private Journal(DirectoryHandle directory, FileHandle file, uint checksum)
    {
        _directory = directory;
        _file = file;
        _checksum = checksum;
    }

    /// <summary>Begins the journal of an update. There must be none.</summary>
    public static Journal Create(DirectoryHandle directory, JournalHeader header)
    {
        var journal = new Journal(directory, directory.CreateFile(FileName, 0x180), 0);
        FailPoint.Pass(FailPoint.JournalCreated);
        var writer = new MessagePackWriter(journal._record);
        writer.WriteArrayHeader(9);
        writer.Write((uint)JournalRecordKind.Header);
        writer.Write(Version);
        writer.Write(header.PlanId);
        Write(ref writer, header.Image);
        Write(ref writer, header.Previous);
        writer.Flush();
        journal.AppendRecord();
        return journal;
    }

    /// <summary>Reads what an earlier process left.</summary>
    /// <param name="directory">The private directory.</param>
    /// <param name="journal">The journal, ready for more records; null when there is none.</param>
    public static JournalContent? Open(DirectoryHandle directory, out Journal? journal)
    {
        journal = null;
        if (!directory.Exists(FileName))
        {
            return null;
        }

        var file = directory.OpenFileForWriting(FileName);
        var bytes = new byte[file.GetStatus().Size];
        var filled = 0;
        while (filled < bytes.Length && file.Read(bytes.AsSpan(filled)) is var count and > 0)
        {
            filled += count;
        }

        var content = Parse(bytes.AsMemory(0, filled), out var used, out var checksum);
        file.SetSize(used);
        file.Seek(used);
        journal = new Journal(directory, file, checksum);
        return content;
    }

    /// <summary>Adds a step; durable after <see cref="Flush"/> and a sync of the file system.</summary>
    public void Append(SwapStep step)
    {
        var writer = new MessagePackWriter(_record);
        writer.WriteArrayHeader(11);
        writer.Write((uint)JournalRecordKind.Step);
        writer.Write((uint)step.Action);
        writer.Write(step.Path);
        writer.Write(step.Staged);
        writer.Write(step.MovedPrefix);
        writer.Write(step.Old.Number);
        writer.Write(step.Old.Generation);
        writer.Write(step.New.Number);
        writer.Write(step.New.Generation);
        writer.WriteBinary(step.Metadata.Span);
        writer.Write(step.OldContent);
        writer.Flush();
        AppendRecord();
        if (_buffer.WrittenCount >= FlushSize)
        {
            Flush();
        }

        FailPoint.Pass(FailPoint.JournalStep);
    }

    /// <summary>Passes the point of no return: durable when this returns. Everything staged must have been synced before.</summary>
    public void BeginSwap()
    {
        FailPoint.Pass(FailPoint.JournalSwap);
        AppendMark(JournalRecordKind.Swap);
        FailPoint.Pass(FailPoint.JournalSwapping);
    }

    /// <summary>Records that all steps are durable, and removes the journal.</summary>
    public void Finish()
    {
        FailPoint.Pass(FailPoint.JournalDone);
        AppendMark(JournalRecordKind.Done);
        FailPoint.Pass(FailPoint.JournalFinished);
        Remove();
        FailPoint.Pass(FailPoint.JournalRemoved);
    }

    /// <summary>Removes the journal of an update that touched nothing, or of one that is done.</summary>
    public void Remove()
    {
        _directory.UnlinkIfExists(FileName);
        _directory.Sync();
    }

    /// <summary>Hands everything appended so far to the kernel.</summary>
    public void Flush()
    {
        _file.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void AppendMark(JournalRecordKind kind)
    {
        var writer = new MessagePackWriter(_record);
        writer.WriteArrayHeader(1);
        writer.Write((uint)kind);
        writer.Flush();
        AppendRecord();
        Flush();
        _file.SyncData();
    }

    private void AppendRecord()
    {
        RecordFrames.Append(_buffer, _record.WrittenSpan, ref _checksum);
        _record.ResetWrittenCount();
    }

    private static JournalContent Parse(ReadOnlyMemory<byte> bytes, out int used, out uint checksum)
    {
        JournalHeader? header = null;
        var steps = new List<SwapStep>();
        var (began, done) = (false, false);
        var version = Version;
        checksum = 0;
        var rest = bytes;
        while (RecordFrames.TryTake(ref rest, ref checksum, MaxRecord, out var payload))
        {
            var reader = new MessagePackReader(payload);
            reader.ReadArrayHeader();
            switch ((JournalRecordKind)reader.ReadUInt32())
            {
                case JournalRecordKind.Header:
                    header = ReadHeader(ref reader, out version);
                    break;
                case JournalRecordKind.Step:
                    steps.Add(ReadStep(ref reader, version));
                    break;
                case JournalRecordKind.Swap:
                    began = true;
                    break;
                case JournalRecordKind.Done:
                    done = true;
                    break;
                default:
                    throw new InvalidDataException("the journal has a record of an unknown kind; the program that wrote it is newer: start that one");
            }
        }

        used = bytes.Length - rest.Length;
        return new JournalContent(header, steps, began, done);
    }

    private static JournalHeader ReadHeader(ref MessagePackReader reader, out int version)
    {
        version = reader.ReadInt32();
        if (version is not (Version or VersionBefore))
        {
            throw new InvalidDataException($"the journal has version {version}, this program knows {VersionBefore} and {Version}; start the program that wrote it");
        }

        var plan = reader.ReadObjectId();
        var image = ReadImage(ref reader);
        var previous = version == VersionBefore ? null : ReadImage(ref reader);
        return new JournalHeader(plan, image, previous is { Manifest.IsNone: false } ? previous : null);
    }

    private static void Write(ref MessagePackWriter writer, ImageReference? image)
    {
        writer.Write(image?.Name ?? "");
        writer.Write(image?.Manifest ?? default);
        writer.Write(image?.ComputedSet ?? default);
    }

    private static ImageReference ReadImage(ref MessagePackReader reader)
    {
        var name = reader.ReadString();
        return new ImageReference { Name = name, Manifest = reader.ReadObjectId(), ComputedSet = reader.ReadObjectId() };
    }

    private static SwapStep ReadStep(ref MessagePackReader reader, int version) => new()
    {
        Action = (SwapAction)reader.ReadUInt32(),
        Path = reader.ReadUnixPath(),
        Staged = reader.ReadInt32(),
        MovedPrefix = reader.ReadInt32(),
        Old = new InodeIdentity(reader.ReadUInt64(), reader.ReadUInt64()),
        New = new InodeIdentity(reader.ReadUInt64(), reader.ReadUInt64()),
        Metadata = reader.ReadBinary(),
        OldContent = version == VersionBefore ? default : reader.ReadObjectId(),
    };
}
