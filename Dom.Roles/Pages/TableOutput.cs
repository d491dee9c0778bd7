using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Dom.Roles.Pages;

/// <summary>Writes a table for programs, row by row: nothing grows with the number of rows.</summary>
internal static class TableOutput
{
    private const int FlushBytes = 32 << 10;

    /// <summary>An array of objects, one for each row.</summary>
    public static async ValueTask WriteJsonAsync<TRow>(PipeWriter output, PageTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        var columns = table.Columns.Where(static c => c.Value is not null).Select(static c => (Key: JsonEncodedText.Encode(c.Key), Value: c.Value!)).ToList();
        await using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        var sent = 0L;
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (key, value) in columns)
            {
                json.WritePropertyName(key);
                value(row).WriteTo(json);
            }

            json.WriteEndObject();
            if (json.BytesCommitted + json.BytesPending - sent >= FlushBytes)
            {
                json.Flush();
                sent = json.BytesCommitted;
                if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                {
                    return;
                }
            }
        }

        json.WriteEndArray();
    }

    /// <summary>Comma separated values as RFC 4180 has them, with a line of keys first. No spreadsheet takes a text of it for a formula.</summary>
    public static async ValueTask WriteCsvAsync<TRow>(PipeWriter output, PageTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        var columns = table.Columns.Where(static c => c.Value is not null).ToList();
        var text = new StringBuilder().AppendJoin(',', columns.Select(static c => c.Key)).Append("\r\n");
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                text.Append(i == 0 ? "" : ",").Append(CsvField(columns[i].Value!(row)));
            }

            text.Append("\r\n");
            if (text.Length >= FlushBytes && await FlushAsync(output, text, cancellationToken))
            {
                return;
            }
        }

        await FlushAsync(output, text, cancellationToken);
    }

    /// <summary>The first column, one cell a line: names for a shell loop.</summary>
    public static async ValueTask WriteTextAsync<TRow>(PipeWriter output, PageTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        var first = table.Columns.First(static c => c.Value is not null).Value!;
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(first(row).ToString().ReplaceLineEndings(" ")).Append('\n');
            if (text.Length >= FlushBytes && await FlushAsync(output, text, cancellationToken))
            {
                return;
            }
        }

        await FlushAsync(output, text, cancellationToken);
    }

    /// <summary>A field; texts that begin like a formula get an apostrophe before them.</summary>
    internal static string CsvField(CellValue value)
    {
        var field = value.ToString();
        if (value.IsText && field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
        {
            field = "'" + field;
        }

        return field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }

    private static async ValueTask<bool> FlushAsync(PipeWriter output, StringBuilder text, CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(text.ToString(), output);
        text.Clear();
        return (await output.FlushAsync(cancellationToken)).IsCompleted;
    }
}
