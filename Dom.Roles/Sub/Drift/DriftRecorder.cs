using System.Buffers;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Drift;

/// <summary>Turns corrections into records: when each deviation was first seen, that it is about to be corrected, and that it was.</summary>
/// <remarks>
/// What an update is about to correct is written beside the journal, and durable with it, so that a correction that a crash interrupts and the next start
/// finishes is recorded too.
/// </remarks>
internal sealed class DriftRecorder(DirectoryHandle privateDirectory, DriftLog log, ContestedPaths contested, TimeProvider time)
{
    private const int MaxSeen = 10_000;
    private const int MaxRecord = 64 * 1024;
    private const int MaxPending = 16 << 20;

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private Dictionary<UnixPath, DateTimeOffset> _seen = [];
    private ObjectId _seenPlan;

    private static ReadOnlySpan<byte> Pending => "drift-pending"u8;

    /// <summary>The log.</summary>
    public DriftLog Log => log;

    /// <summary>True when deviations from an image are drift: an update has brought it before.</summary>
    public static bool IsDrift(ImageReference? applied, ImageReference image) =>
        image.IsSameAs(applied);

    /// <summary>Reads from the log which paths were corrected often before the restart.</summary>
    public void Remember()
    {
        var now = time.GetUtcNow();
        foreach (var record in log.ReadNewest(DriftLog.Capacity))
        {
            // The machine's own clock, at most a restart apart; one that was set meanwhile costs or gives a few minutes.
            var ago = now - record.CorrectedAt;
            if (ago >= Remembered)
            {
                break;
            }

            contested.Note(record.Path, ago < TimeSpan.Zero ? TimeSpan.Zero : ago);
        }

        contested.Advance();
    }

    /// <summary>Notes which paths deviate now.</summary>
    public void Observe(Assessment? required, ImageReference? applied)
    {
        lock (_lock)
        {
            if (required?.Plan is not { } plan || !IsDrift(applied, required.Image))
            {
                (_seen, _seenPlan) = ([], default);
                return;
            }

            if (plan.Id == _seenPlan)
            {
                return;
            }

            var now = time.GetUtcNow();
            var seen = new Dictionary<UnixPath, DateTimeOffset>();
            foreach (var step in plan.Steps.AsSpan(0, Math.Min(plan.Steps.Length, MaxSeen)))
            {
                seen[step.Path] = _seen.TryGetValue(step.Path, out var first) ? first : now;
            }

            (_seen, _seenPlan) = (seen, plan.Id);
        }
    }

    /// <summary>Writes down what an update is about to correct; nothing when it brings another image. Becomes durable with the update's journal.</summary>
    public void Begin(Plan plan, ImageReference image, ImageReference? applied)
    {
        privateDirectory.UnlinkIfExists(Pending);
        if (!IsDrift(applied, image))
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        var payload = new ArrayBufferWriter<byte>();
        var checksum = 0u;
        RecordFrames.Append(buffer, Encode(plan.Id), ref checksum);
        var now = time.GetUtcNow();
        using var file = privateDirectory.CreateFile(Pending, 0x180);
        for (var i = Math.Max(0, plan.Steps.Length - DriftLog.Capacity); i < plan.Steps.Length && buffer.WrittenCount < MaxPending; i++)
        {
            var step = plan.Steps[i];
            MessagePackSerializer.Serialize(payload, DriftRecords.Of(plan, step, image.Name, FirstSeen(step.Path, now)));
            RecordFrames.Append(buffer, payload.WrittenSpan, ref checksum);
            payload.ResetWrittenCount();
        }

        file.Write(buffer.WrittenSpan);
    }

    /// <summary>Records what an update has corrected.</summary>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public void Settle(UpdateOutcome outcome)
    {
        var pending = privateDirectory.ReadFileIfExists(Pending, 2 * MaxPending);
        if (pending is not null && outcome.Swapped)
        {
            var undone = outcome.Failures.Concat(outcome.Held).Concat(outcome.LeftOut).Select(static fault => fault.Path).ToHashSet();
            var records = Decode(pending, outcome.Header.PlanId).Where(record => !undone.Contains(record.Path)).ToList();
            var now = time.GetUtcNow();
            for (var i = 0; i < records.Count; i++)
            {
                records[i] = records[i] with { CorrectedAt = now, Contested = contested.Note(records[i].Path, TimeSpan.Zero) };
            }

            contested.Advance();
            log.Append(records);
        }

        privateDirectory.UnlinkIfExists(Pending);
    }

    /// <summary>Forgets what was about to be corrected: no swap was under way.</summary>
    public void Drop() => privateDirectory.UnlinkIfExists(Pending);

    private DateTimeOffset FirstSeen(UnixPath path, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _seen.GetValueOrDefault(path, now);
        }
    }

    private static byte[] Encode(ObjectId id)
    {
        var bytes = new byte[ObjectId.Size];
        id.CopyTo(bytes);
        return bytes;
    }

    /// <summary>The records, when they are those of this plan.</summary>
    private static IEnumerable<DriftRecord> Decode(byte[] pending, ObjectId plan)
    {
        ReadOnlyMemory<byte> rest = pending;
        var checksum = 0u;
        if (!RecordFrames.TryTake(ref rest, ref checksum, MaxRecord, out var head) || !head.Span.SequenceEqual(Encode(plan)))
        {
            yield break;
        }

        while (RecordFrames.TryTake(ref rest, ref checksum, MaxRecord, out var payload))
        {
            yield return MessagePackSerializer.Deserialize<DriftRecord>(payload);
        }
    }
}
