using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;

namespace Dom.Bench;

/// <summary>
/// What the codec costs for each message: time, and memory that the garbage collector has to take away again. Directory entries are read and
/// written without any, whatever else changes; the command fails when they are not.
/// </summary>
internal static class CodecBench
{
    private const int Entries = 4_096;
    private const int Messages = 1_000;
    private const int Rounds = 7;
    private const long Repeats = 100;

    /// <summary>Prints one line for each job; the exit code is 1 when a job that must not allocate did.</summary>
    public static int Run()
    {
        var block = DirectoryOfFiles();
        var response = Response();
        var encoded = MessagePackSerializer.Serialize(response);
        var buffer = new ArrayBufferWriter<byte>(block.Bytes.Length);

        var inode = File(1);
        var table = new BenchTable();
        Measure(table, "write a directory entry", Entries, 0, () => WriteEntries(buffer, inode));
        Measure(table, "read a directory entry", Entries, 0, () => ReadEntries(block));
        Measure(table, "skip a directory entry", Entries, 0, () => new MessagePackReader(block.Bytes, MessagePackLimits.CanonicalForm).Skip());
        Measure(table, $"write a poll response of {encoded.Length} bytes", Messages, 0, () => WriteResponses(buffer, response));
        Measure(table, "read a poll response", Messages, null, () => ReadResponses(encoded));
        return table.AllMet ? 0 : 1;
    }

    /// <summary>Runs a job several times; the best round counts, which the rest of the machine disturbed least.</summary>
    private static void Measure(BenchTable table, string job, int items, long? goal, Action run)
    {
        var best = TimeSpan.MaxValue;
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                run();
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        var count = Repeats * items;
        var measured = string.Create(CultureInfo.InvariantCulture, $"{best.TotalNanoseconds / count:F0} ns, {least / count} B allocated");
        table.Add(job, measured, goal: goal is null ? "" : $"{goal} B allocated", met: goal is null ? null : least <= goal);
    }

    private static void WriteEntries(ArrayBufferWriter<byte> buffer, Inode inode)
    {
        buffer.ResetWrittenCount();
        var writer = new MessagePackWriter(buffer);
        for (var i = 0; i < Entries; i++)
        {
            DirectoryBlock.WriteEntry(ref writer, "a-file-name.conf"u8, inode);
        }

        writer.Flush();
    }

    private static void ReadEntries(Block block)
    {
        var reader = new MessagePackReader(block.Bytes, MessagePackLimits.CanonicalForm);
        reader.ReadArrayHeader();
        reader.ReadUInt32();
        for (var count = reader.ReadArrayHeader(); count > 0; count--)
        {
            DirectoryBlock.ReadEntry(ref reader, out _);
        }
    }

    private static void WriteResponses(ArrayBufferWriter<byte> buffer, PollResponse response)
    {
        buffer.ResetWrittenCount();
        for (var i = 0; i < Messages; i++)
        {
            MessagePackSerializer.Serialize(buffer, response);
        }
    }

    private static void ReadResponses(byte[] encoded)
    {
        for (var i = 0; i < Messages; i++)
        {
            MessagePackSerializer.Deserialize<PollResponse>(encoded);
        }
    }

    private static Block DirectoryOfFiles()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        for (var i = 0; i < Entries; i++)
        {
            DirectoryBlock.WriteEntry(ref writer, System.Text.Encoding.UTF8.GetBytes($"file-{i:D6}.conf"), File(i));
        }

        writer.Flush();
        return DirectoryBlock.Seal(buffer.WrittenSpan, Entries);
    }

    private static Inode File(int number) => new()
    {
        Kind = InodeKind.Regular,
        Mode = 0b110_100_100,
        MtimeSeconds = 1_700_000_000 + number,
        MtimeNanoseconds = 123_456_789,
        Size = (ulong)number * 100,
        Content = ObjectId.Of(BitConverter.GetBytes(number)),
    };

    private static PollResponse Response() => new()
    {
        Epoch = 0x1234_5678_9abc_def0,
        Generation = 42,
        BootId = "5f0c0c44-7a5c-4e0f-8a3b-1c2d3e4f5a6b",
        Time = DateTimeOffset.UnixEpoch.AddYears(55),
        Version = "0.1.0",
        RequiredManifest = ObjectId.Of("required"u8),
        AppliedManifest = ObjectId.Of("applied"u8),
        AppliedImage = "debian/2024-01-01",
        UpdatesDone = 17,
        ScanCount = 1_234,
        Inodes = 200_000,
        FreeBytes = 1L << 36,
    };
}
