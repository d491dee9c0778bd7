using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dom.Core.Machines;

/// <summary>
/// Reads a YAML file that holds one entry (a mapping), a list of them, or several documents of either, and gives each as JSON.
/// </summary>
/// <remarks>
/// A scalar is text, whatever it looks like: <c>rack: 4</c> and <c>version: 1.10</c> stay as they are written. Only keys named as boolean take
/// <c>true</c> and <c>false</c>; an empty value, <c>~</c> and <c>null</c> mean nothing. Anchors, aliases and tags are refused: nothing grows while it is read.
/// </remarks>
internal sealed class YamlEntries : IDisposable
{
    private const int MaxDepth = 16;

    private readonly Parser _events;
    private readonly FrozenSet<string> _booleans;
    private readonly List<YamlEntry> _entries = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    private YamlEntries(TextReader text, FrozenSet<string> booleans)
    {
        _events = new Parser(text);
        _booleans = booleans;
        _json = new Utf8JsonWriter(_buffer);
    }

    private ParsingEvent Current => _events.Current ?? throw new MachineListException("the file ends in the middle of an entry");

    /// <summary>Reads all entries.</summary>
    /// <param name="text">The file.</param>
    /// <param name="booleans">Keys of an entry whose value is true or false, in any case of letters.</param>
    /// <exception cref="MachineListException">It is not YAML, or uses what is refused.</exception>
    public static IReadOnlyList<YamlEntry> Read(string text, FrozenSet<string> booleans)
    {
        using var reader = new StringReader(text);
        using var file = new YamlEntries(reader, booleans);
        try
        {
            file.ReadAll();
            return file._entries;
        }
        catch (YamlException fault)
        {
            throw new MachineListException($"it is not YAML: {fault.Message.TrimEnd('.')}", fault.Start.Line, fault.Start.Column, fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void ReadAll()
    {
        while (_events.MoveNext())
        {
            switch (_events.Current)
            {
                case MappingStart:
                    ReadEntry();
                    break;
                case Scalar scalar when !IsNothing(scalar):
                    throw Fault("it must hold an entry (name: value, one a line) or a list of entries", scalar);
                case MappingEnd or Scalar or SequenceStart or SequenceEnd or DocumentStart or DocumentEnd or StreamStart or StreamEnd or Comment:
                    CheckTopLevel();
                    break;
                default:
                    throw Refused(Current);
            }
        }
    }

    /// <summary>Lists of lists have no meaning here.</summary>
    private void CheckTopLevel()
    {
        if (_events.Current is SequenceStart start)
        {
            RefuseMarks(start);
            while (_events.MoveNext() && _events.Current is not SequenceEnd)
            {
                if (_events.Current is not MappingStart)
                {
                    throw Fault("each item of the list must be an entry (name: value, one a line)", Current);
                }

                ReadEntry();
            }
        }
    }

    private void ReadEntry()
    {
        var line = Current.Start.Line;
        _buffer.ResetWrittenCount();
        _json.Reset();
        WriteMapping(1);
        _json.Flush();
        _entries.Add(new YamlEntry(_buffer.WrittenSpan.ToArray(), line));
    }

    private void WriteMapping(int depth)
    {
        Enter(depth);
        _json.WriteStartObject();
        while (_events.MoveNext() && _events.Current is not MappingEnd)
        {
            if (_events.Current is not Scalar key)
            {
                throw _events.Current is null or NodeEvent ? Fault("a key must be a word", Current) : Refused(Current);
            }

            RefuseMarks(key);
            _json.WritePropertyName(key.Value);
            _events.MoveNext();
            WriteValue(depth, isBoolean: depth == 1 && _booleans.Contains(key.Value));
        }

        _json.WriteEndObject();
    }

    private void WriteValue(int depth, bool isBoolean)
    {
        switch (Current)
        {
            case Scalar scalar:
                WriteScalar(scalar, isBoolean);
                break;
            case MappingStart:
                WriteMapping(depth + 1);
                break;
            case SequenceStart:
                Enter(depth + 1);
                _json.WriteStartArray();
                while (_events.MoveNext() && _events.Current is not SequenceEnd)
                {
                    WriteValue(depth + 1, isBoolean: false);
                }

                _json.WriteEndArray();
                break;
            default:
                throw Refused(Current);
        }
    }

    private void WriteScalar(Scalar scalar, bool isBoolean)
    {
        RefuseMarks(scalar);
        if (IsNothing(scalar))
        {
            _json.WriteNullValue();
        }
        else if (!isBoolean)
        {
            _json.WriteStringValue(scalar.Value);
        }
        else if (bool.TryParse(scalar.Value, out var value))
        {
            _json.WriteBooleanValue(value);
        }
        else
        {
            throw Fault($"'{scalar.Value}' must be true or false", scalar);
        }
    }

    private void Enter(int depth)
    {
        RefuseMarks(Current);
        if (depth > MaxDepth)
        {
            throw Fault($"it is nested deeper than {MaxDepth} levels", Current);
        }
    }

    private static bool IsNothing(Scalar scalar) => scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };

    private static void RefuseMarks(ParsingEvent at)
    {
        if (at is NodeEvent node && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
        {
            throw Refused(at);
        }
    }

    private static MachineListException Refused(ParsingEvent at) =>
        Fault("anchors (&x), aliases (*x) and tags (!x) are not taken; write the value out, in quotes if it begins with one of these signs", at);

    private static MachineListException Fault(string message, ParsingEvent at) => new(message, at.Start.Line, at.Start.Column);
}
