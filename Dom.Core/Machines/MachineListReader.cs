using System.Buffers;
using System.Text.Json;

namespace Dom.Core.Machines;

/// <summary>Reads a machine list: a JSON array of machines, one entry at a time, so that memory follows the entries kept and not the file.</summary>
public sealed class MachineListReader
{
    private const int FirstBuffer = 64 << 10;

    private static readonly SearchValues<string> PlaceMarks = SearchValues.Create([" Path: ", " LineNumber: "], StringComparison.Ordinal);

    private readonly Stream _stream;
    private readonly MachineListLimits _limits;
    private readonly MachineCollector _machines;
    private byte[] _buffer;
    private int _length;
    private bool _ended;
    private bool _inArray;
    private bool _done;
    private long _total;
    private long _line = 1;
    private long _column = 1;

    private MachineListReader(Stream stream, MachineListLimits limits)
    {
        _stream = stream;
        _limits = limits;
        _machines = new MachineCollector(limits);
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    }

    /// <summary>Reads the whole list.</summary>
    /// <exception cref="MachineListException">The content is not a machine list, names a machine twice, or exceeds a limit.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static async Task<MachineList> ReadAsync(Stream stream, MachineListLimits limits, CancellationToken cancellationToken)
    {
        var reader = new MachineListReader(stream, limits);
        try
        {
            await reader.ReadAllAsync(cancellationToken);
            return reader._machines.ToList();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(reader._buffer);
        }
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = 16 });
        while (!_ended || _length > 0)
        {
            await FillAsync(cancellationToken);
            var used = Parse(ref state);
            if (used == 0 && _ended)
            {
                break;
            }

            Drop(used);
        }

        if (!_done)
        {
            throw new MachineListException("the file ends before the list does", _line, _column);
        }
    }

    /// <summary>The framework's message without its own account of the place, led by the field it speaks of.</summary>
    internal static string Explain(JsonException fault)
    {
        var end = fault.Message.AsSpan().IndexOfAny(PlaceMarks);
        var message = end < 0 ? fault.Message : fault.Message[..end];
        return fault.Path is { Length: > 2 } path ? $"{path[2..]}: {message}" : message;
    }

    /// <summary>Adds bytes behind those not yet used, with a larger buffer if they fill it.</summary>
    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return;
        }

        if (_length == _buffer.Length)
        {
            if (_buffer.Length >= _limits.MaxMachineBytes + FirstBuffer)
            {
                throw new MachineListException($"an entry has more than {_limits.MaxMachineBytes} bytes", _line, _column);
            }

            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
        _ended = read == 0;
        _length += read;
        _total += read;
        if (_total > _limits.MaxFileBytes)
        {
            throw new MachineListException($"the file has more than {_limits.MaxFileBytes} bytes");
        }
    }

    /// <summary>Takes all complete entries out of the buffer; returns how many bytes were used.</summary>
    private int Parse(ref JsonReaderState state)
    {
        var content = _buffer.AsSpan(0, _length);
        var reader = new Utf8JsonReader(content, _ended, state);
        var used = 0;
        try
        {
            while (true)
            {
                var attempt = reader;
                if (!attempt.Read())
                {
                    break;
                }

                var start = (int)attempt.TokenStartIndex;
                if (!_inArray)
                {
                    if (attempt.TokenType != JsonTokenType.StartArray)
                    {
                        throw Fault("a machine list is a JSON array, so the file must begin with '['", content[..start]);
                    }

                    _inArray = true;
                }
                else if (attempt.TokenType == JsonTokenType.EndArray)
                {
                    _done = true;
                }
                else if (attempt.TokenType != JsonTokenType.StartObject)
                {
                    throw Fault("each entry must be a JSON object", content[..start]);
                }
                else if (!attempt.TrySkip())
                {
                    break;
                }
                else
                {
                    Add(content[..start], content[start..(int)attempt.BytesConsumed]);
                }

                reader = attempt;
                used = (int)reader.BytesConsumed;
                state = reader.CurrentState;
            }
        }
        catch (JsonException fault)
        {
            // The reader's state has seen what was dropped before, so its place is that in the file.
            throw new MachineListException(Explain(fault), (fault.LineNumber ?? 0) + 1, (fault.BytePositionInLine ?? 0) + 1, fault);
        }

        return used;
    }

    private void Add(ReadOnlySpan<byte> before, ReadOnlySpan<byte> entry)
    {
        if (entry.Length > _limits.MaxMachineBytes)
        {
            throw Fault($"an entry has {entry.Length} bytes; at most {_limits.MaxMachineBytes} are allowed", before);
        }

        Machine machine;
        try
        {
            machine = JsonSerializer.Deserialize(entry, MachineJson.Default.Machine) ?? throw new JsonException("an entry is null");
        }
        catch (JsonException fault)
        {
            var (line, column) = Place(before);
            var inner = fault.LineNumber ?? 0;
            throw new MachineListException(
                Explain(fault), line + inner, (inner == 0 ? column - 1 : 0) + (fault.BytePositionInLine ?? 0) + 1, fault);
        }

        var place = Place(before);
        _machines.Add(machine, place.Line, place.Column);
    }

    /// <summary>Forgets bytes that were used, keeping count of lines.</summary>
    private void Drop(int count)
    {
        (_line, _column) = Place(_buffer.AsSpan(0, count));
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }

    private (long Line, long Column) Place(ReadOnlySpan<byte> before)
    {
        var lines = before.Count((byte)'\n');
        return lines == 0 ? (_line, _column + before.Length) : (_line + lines, before.Length - before.LastIndexOf((byte)'\n'));
    }

    private MachineListException Fault(string message, ReadOnlySpan<byte> before)
    {
        var (line, column) = Place(before);
        return new MachineListException(message, line, column);
    }
}
