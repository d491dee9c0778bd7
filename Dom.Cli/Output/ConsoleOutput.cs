using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Telemetry;
using Dom.Roles.Pages;

namespace Dom.Cli.Output;

/// <summary>Everything a command prints: data on standard output, messages and progress on standard error.</summary>
internal sealed class ConsoleOutput
{
    /// <summary>The version of the JSON documents. Fields may be added under the same version; other changes raise it.</summary>
    public const int SchemaVersion = 1;

    // Documents go to programs and terminals, never into HTML: quotes and ticks stay as they are.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly bool _showsProgress;
    private readonly TerminalColors _errorColors;

    /// <summary>Prints to the given writers.</summary>
    public ConsoleOutput(TextWriter output, TextWriter error, bool json, bool outputIsTerminal, bool errorIsTerminal, TimeProvider time)
    {
        _out = output;
        _error = error;
        _time = time;
        IsJson = json;
        var mayColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
        Colors = new TerminalColors(outputIsTerminal && mayColor);
        _errorColors = new TerminalColors(errorIsTerminal && mayColor);
        _showsProgress = errorIsTerminal && !json && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
    }

    /// <summary>True when a program reads the output: then <see cref="Document"/> is the only thing written to standard output.</summary>
    public bool IsJson { get; }

    /// <summary>The colours of standard output.</summary>
    public TerminalColors Colors { get; }

    /// <summary>Prints to the console of this process.</summary>
    public static ConsoleOutput ForConsole(bool json, TimeProvider time) =>
        new(Console.Out, Console.Error, json, !Console.IsOutputRedirected, !Console.IsErrorRedirected, time);

    /// <summary>Prints a line for people; nothing with <c>--json</c>.</summary>
    public void Line(string text = "")
    {
        if (!IsJson)
        {
            _out.WriteLine(TerminalText.Printable(text));
        }
    }

    /// <summary>Prints a line for people in a colour that says how it feels; nothing with <c>--json</c>.</summary>
    public void Line(Tone tone, string text)
    {
        if (!IsJson)
        {
            _out.WriteLine(Colors.Paint(tone, TerminalText.Printable(text)));
        }
    }

    /// <summary>Prints text of the program's own, of several lines, whoever reads it.</summary>
    public void Raw(string text) => _out.WriteLine(text);

    /// <summary>Prints a table for people; nothing with <c>--json</c>.</summary>
    public void Table<TRow>(TextTable<TRow> table, IEnumerable<TRow> rows)
    {
        if (!IsJson)
        {
            table.Write(_out, rows, Colors);
        }
    }

    /// <summary>Prints the document for programs, with <c>schema_version</c> first; nothing without <c>--json</c>.</summary>
    /// <param name="document">A record that becomes a JSON object.</param>
    /// <param name="type">Its generated metadata, from a context with snake_case names.</param>
    public void Document<TDocument>(TDocument document, JsonTypeInfo<TDocument> type)
    {
        if (IsJson)
        {
            WriteObject(_out, JsonSerializer.SerializeToElement(document, type), Indented);
        }
    }

    /// <summary>Prints one of many documents on a line of its own, for commands that go on; nothing without <c>--json</c>.</summary>
    public void StreamedDocument<TDocument>(TDocument document, JsonTypeInfo<TDocument> type)
    {
        if (IsJson)
        {
            WriteObject(_out, JsonSerializer.SerializeToElement(document, type), Compact);
            _out.Flush();
        }
    }

    /// <summary>Prints a message that is not data, on standard error; nothing with <c>--json</c>.</summary>
    public void Note(string text)
    {
        if (!IsJson)
        {
            _error.WriteLine($"dom: {TerminalText.Printable(text)}");
        }
    }

    /// <summary>Shows how a long step proceeds, on a terminal only. Dispose it before printing anything else.</summary>
    public ProgressLine Progress(string label) => new(_showsProgress ? _error : null, label, _time);

    /// <summary>Prints why a command failed: lines for people, or one JSON object with <c>--json</c>; always on standard error.</summary>
    public void Failure(CommandFailure failure)
    {
        if (IsJson)
        {
            var error = new ErrorDocument(new ErrorDetail(failure.Code, failure.Message, failure.Hint));
            WriteObject(_error, JsonSerializer.SerializeToElement(error, OutputJson.Default.ErrorDocument), Compact);
            return;
        }

        foreach (var line in failure.Message.Split('\n'))
        {
            _error.WriteLine($"{_errorColors.Paint(Tone.Bad, "dom:")} {TerminalText.Printable(line)}");
        }

        if (failure.Hint is not null)
        {
            _error.WriteLine($"     {TerminalText.Printable(failure.Hint)}");
        }
    }

    private static void WriteObject(TextWriter writer, JsonElement element, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteNumber("schema_version", SchemaVersion);
            foreach (var property in element.EnumerateObject())
            {
                property.WriteTo(json);
            }

            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
