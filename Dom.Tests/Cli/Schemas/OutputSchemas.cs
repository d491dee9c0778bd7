using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Dom.Cli.Commands;
using Dom.Cli.Output;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Schemas;

/// <summary>The JSON Schemas of what the command line prints, made from the metadata that also writes the documents. docs/schemas holds them.</summary>
internal static partial class OutputSchemas
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every verb with the words that lead to it.</summary>
    public static IReadOnlyList<(string Path, Verb Verb)> Verbs { get; } = [.. Walk("", DomCommand.Build())];

    /// <summary>Every document by the name of its schema, and the verbs that print it.</summary>
    public static IReadOnlyDictionary<string, (JsonTypeInfo Type, string Description)> Documents { get; } = Collect();

    /// <summary>The name of a document's schema: <c>ImageListDocument</c> is <c>image-list</c>.</summary>
    public static string NameOf(JsonTypeInfo type) =>
        Words().Replace(type.Type.Name.EndsWith("Document", StringComparison.Ordinal) ? type.Type.Name[..^"Document".Length] : type.Type.Name, "-$0").TrimStart('-').ToLowerInvariant();

    /// <summary>The file of a schema.</summary>
    public static string FileOf(string name) => Repository.Combine("docs", "schemas", name + ".json");

    /// <summary>The schema of a document.</summary>
    public static JsonObject Make(string name)
    {
        var (type, description) = Documents[name];
        var body = JsonSchemaExporter.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Refine }).AsObject();
        var properties = new JsonObject { ["schema_version"] = new JsonObject { ["const"] = ConsoleOutput.SchemaVersion } };
        foreach (var (property, schema) in body["properties"]!.AsObject())
        {
            properties[property] = schema?.DeepClone();
        }

        var required = new JsonArray("schema_version");
        foreach (var property in body["required"]?.AsArray() ?? [])
        {
            required.Add(property?.DeepClone());
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = name,
            ["description"] = description,
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = required,
        };
    }

    /// <summary>The text of a schema's file.</summary>
    public static string Write(JsonObject schema) => schema.ToJsonString(Indented) + "\n";

    /// <summary>Makes the schema say what the options of the contexts do: null is left out, so what can be null is optional and never null.</summary>
    private static JsonNode Refine(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return context.TypeInfo.Type == typeof(ObjectId) || context.TypeInfo.Type == typeof(UnixPath)
                ? new JsonObject { ["type"] = "string" }
                : throw new AssertionException($"nothing says how {context.TypeInfo.Type} looks in JSON; name it in {nameof(OutputSchemas)}");
        }

        schema.Remove("default");
        if (schema["type"] is JsonArray types)
        {
            var kept = types.Where(t => t?.GetValue<string>() != "null").Select(t => t?.DeepClone()).ToList();
            schema["type"] = kept.Count == 1 ? kept[0] : new JsonArray([.. kept]);
        }

        if (schema["enum"] is JsonArray values)
        {
            schema["type"] = "string";
            schema["enum"] = new JsonArray([.. values.Where(v => v is not null).Select(v => v?.DeepClone())]);
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject properties)
        {
            var required = context.TypeInfo.Properties.Where(p => properties.ContainsKey(p.Name) && !IsNullable(p)).Select(p => (JsonNode?)p.Name).ToArray();
            schema.Remove("required");
            if (required.Length > 0)
            {
                schema["required"] = new JsonArray(required);
            }
        }

        return schema;
    }

    private static Dictionary<string, (JsonTypeInfo Type, string Description)> Collect()
    {
        var error = OutputJson.Default.ErrorDocument;
        var documents = new Dictionary<string, (JsonTypeInfo Type, string Description)>
        {
            [NameOf(error)] = (error, "Printed on standard error by every command that fails, with --json."),
        };
        foreach (var group in Verbs.SelectMany(v => v.Verb.Documents.Select(d => (Document: d, v.Path))).GroupBy(d => NameOf(d.Document)))
        {
            documents[group.Key] = (group.First().Document, $"Printed with --json by {string.Join(", ", group.Select(d => $"dom {d.Path}").Distinct())}.");
        }

        return documents;
    }

    private static bool IsNullable(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;

    private static IEnumerable<(string Path, Verb Verb)> Walk(string path, System.CommandLine.Command command) =>
        command.Subcommands.SelectMany(c => Walk($"{path} {c.Name}".TrimStart(), c)).Concat(command is Verb { Hidden: false } verb ? [(path, verb)] : []);

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Words();
}
