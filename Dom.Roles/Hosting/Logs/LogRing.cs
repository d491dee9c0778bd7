using System.Buffers.Binary;
using System.Security.Cryptography;
using Dom.Core.Contracts.Logger;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting.Logs;

/// <summary>The last lines of a role's log, bounded in number and size. Readers go at their own pace: nothing is queued for them, and no reader holds up who logs.</summary>
internal sealed class LogRing(TimeProvider time)
{
    /// <summary>Most lines that are kept.</summary>
    public const int MaxLines = 1024;

    /// <summary>Most characters of a message; of a longer one the beginning is kept.</summary>
    public const int MaxMessage = 4096;

    /// <summary>Most characters of all messages that are kept.</summary>
    public const int MaxCharacters = 1 << 20;

    private readonly Lock _lock = new();
    private readonly LogLine?[] _lines = new LogLine?[MaxLines];
    private TaskCompletionSource? _waiting;
    private long _last;
    private int _count;
    private long _characters;

    /// <summary>Tells the runs of the role apart. 53 bits, so that JSON's numbers hold it; never 0.</summary>
    public long Epoch { get; } = 1 + (BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & ((1L << 52) - 1));

    /// <summary>Keeps a line; the oldest ones go when there are too many.</summary>
    /// <param name="level">How important.</param>
    /// <param name="category">Who says it.</param>
    /// <param name="id">The event.</param>
    /// <param name="message">What happened; already safe to print and no longer than it may be.</param>
    public void Add(LogLevel level, string category, EventId id, string message)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            var line = new LogLine
            {
                Number = _last + 1,
                Time = time.GetUtcNow(),
                Level = (LogSeverity)level,
                Category = category,
                EventId = id.Id,
                Event = id.Name ?? "",
                Message = message,
            };
            while (_count > 0 && (_count == MaxLines || _characters + message.Length > MaxCharacters))
            {
                Drop();
            }

            _lines[Place(line.Number)] = line;
            _last = line.Number;
            _count++;
            _characters += message.Length;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }

    /// <summary>The lines after one, the oldest first.</summary>
    /// <param name="after">The number of the last line that is not wanted; 0 for all.</param>
    /// <param name="last">The number of the last line there is.</param>
    /// <param name="lost">How many of the lines that were wanted are not kept any more.</param>
    public IReadOnlyList<LogLine> Read(long after, out long last, out long lost)
    {
        lock (_lock)
        {
            last = _last;
            var first = Math.Max(after, _last - _count) + 1;
            lost = Math.Max(0, first - after - 1);
            var lines = new List<LogLine>((int)Math.Max(0, _last - first + 1));
            for (var number = first; number <= _last; number++)
            {
                lines.Add(At(number));
            }

            return lines;
        }
    }

    /// <summary>Completes when there is a line after this one.</summary>
    public Task AfterAsync(long number)
    {
        lock (_lock)
        {
            return _last > number
                ? Task.CompletedTask
                : (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private static int Place(long number) => (int)(number % MaxLines);

    private LogLine At(long number) => _lines[Place(number)] ?? throw new InvalidOperationException($"line {number} is not kept");

    private void Drop()
    {
        var oldest = _last - _count + 1;
        _characters -= At(oldest).Message.Length;
        _lines[Place(oldest)] = null;
        _count--;
    }
}
