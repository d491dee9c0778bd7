using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dom.Core.Machines;

/// <summary>Writes a machine list in upstream's form: a JSON array with four spaces of indentation, empty fields left out.</summary>
public static class MachineListWriter
{
    private const int FlushBytes = 256 << 10;

    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        IndentSize = 4,

        // The file is read by programs and people, never as HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes all machines, with a final line end.</summary>
    public static void Write(Stream stream, MachineList list)
    {
        using (var writer = new Utf8JsonWriter(stream, Form))
        {
            writer.WriteStartArray();
            foreach (var machine in list.Machines)
            {
                JsonSerializer.Serialize(writer, machine, MachineJson.Default.Machine);
                if (writer.BytesPending >= FlushBytes)
                {
                    writer.Flush();
                }
            }

            writer.WriteEndArray();
        }

        stream.WriteByte((byte)'\n');
    }
}
