using System.Text.Json;
using Dom.Core.Machines;
using Dom.Roles.MdbSync.State;

namespace Dom.Roles.MdbSync;

/// <summary>Names and values from a JSON file: <c>$name</c> as a machine's image or as the value of a tag stands for the value.</summary>
internal sealed class Variables(IReadOnlyDictionary<string, string> values)
{
    /// <summary>No variables.</summary>
    public static Variables None { get; } = new(new Dictionary<string, string>());

    /// <summary>All of them.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>Reads a file: a JSON object of texts.</summary>
    /// <exception cref="MachineListException">It is none.</exception>
    public static async Task<Variables> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var read = await JsonSerializer.DeserializeAsync(stream, MdbStateJson.Default.IReadOnlyDictionaryStringString, cancellationToken)
                ?? throw new JsonException("it holds null");
            return read.FirstOrDefault(static v => v.Value is null) is { Key: { } name }
                ? throw new JsonException($"the variable '{name}' is null")
                : new Variables(read);
        }
        catch (JsonException fault)
        {
            throw new MachineListException($"variables are a JSON object of names and texts: {fault.Message}", innerException: fault);
        }
    }

    /// <summary>A machine with values in place of variables. Names that are not defined stay as they are written, and are added to a set.</summary>
    public Machine Expand(Machine machine, HashSet<string> undefined)
    {
        var required = Expand(machine.RequiredImage, undefined);
        var planned = Expand(machine.PlannedImage, undefined);
        var tags = machine.Tags.Values.Any(static v => v.StartsWith('$'))
            ? machine.Tags.ToDictionary(t => t.Key, t => Expand(t.Value, undefined), StringComparer.Ordinal)
            : machine.Tags;
        return ReferenceEquals(required, machine.RequiredImage) && ReferenceEquals(planned, machine.PlannedImage) && ReferenceEquals(tags, machine.Tags)
            ? machine
            : machine with { RequiredImage = required, PlannedImage = planned, Tags = tags };
    }

    /// <summary>A source's line with values in place of <c>$name</c> and <c>${name}</c>.</summary>
    /// <exception cref="FormatException">A name is not defined.</exception>
    public string ExpandLine(string line)
    {
        var text = new System.Text.StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '$')
            {
                text.Append(line[i]);
                continue;
            }

            var braced = i + 1 < line.Length && line[i + 1] == '{';
            var start = braced ? i + 2 : i + 1;
            var end = start;
            while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_'))
            {
                end++;
            }

            if (end == start || (braced && (end == line.Length || line[end] != '}')))
            {
                throw new FormatException($"a $ must be followed by a name: '{line}'");
            }

            var name = line[start..end];
            text.Append(values.TryGetValue(name, out var value) ? value : throw new FormatException($"the variable '{name}' is not defined in VariablesFile="));
            i = braced ? end : end - 1;
        }

        return text.ToString();
    }

    private string Expand(string value, HashSet<string> undefined)
    {
        if (value.Length < 2 || value[0] != '$')
        {
            return value;
        }

        if (values.TryGetValue(value[1..], out var found))
        {
            return found;
        }

        undefined.Add(value);
        return value;
    }
}
