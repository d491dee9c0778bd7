using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dom.Tests.Cli.Schemas;

/// <summary>
/// Checks documents against the keywords that our schemas use; any other keyword is a fault of the schema. Stricter than JSON Schema in one thing:
/// a property the schema does not name is a fault, so that nothing is printed that is not documented.
/// </summary>
internal sealed class SchemaValidator(JsonObject root)
{
    private static readonly string[] Known =
        ["$schema", "$comment", "title", "description", "type", "properties", "required", "items", "additionalProperties", "enum", "const", "pattern", "format", "$ref", "minimum", "maximum"];

    private readonly List<string> _faults = [];

    /// <summary>What is wrong with a document; empty when nothing is.</summary>
    public static IReadOnlyList<string> Validate(JsonObject schema, JsonElement document)
    {
        var validator = new SchemaValidator(schema);
        validator.Check(schema, document, "");
        return validator._faults;
    }

    private void Check(JsonNode node, JsonElement value, string at)
    {
        if (node is not JsonObject schema)
        {
            _faults.Add($"{at}: its schema allows anything or nothing");
            return;
        }

        foreach (var (keyword, _) in schema)
        {
            if (!Known.Contains(keyword))
            {
                throw new AssertionException($"{at}: nothing here checks the keyword '{keyword}'");
            }
        }

        if (schema["$ref"] is { } reference)
        {
            Check(Resolve(reference.GetValue<string>()), value, at);
            return;
        }

        if (schema["const"] is { } constant && !JsonNode.DeepEquals(constant, JsonNode.Parse(value.GetRawText())))
        {
            _faults.Add($"{at}: is {value.GetRawText()}, not {constant.ToJsonString()}");
        }

        if (schema["enum"] is JsonArray words && !words.Any(w => JsonNode.DeepEquals(w, JsonNode.Parse(value.GetRawText()))))
        {
            _faults.Add($"{at}: {value.GetRawText()} is none of {words.ToJsonString()}");
        }

        if (schema["type"] is { } type && !TypesOf(type).Any(t => Is(t, value)))
        {
            _faults.Add($"{at}: {value.GetRawText()} is no {type.ToJsonString()}");
            return;
        }

        if (schema["pattern"] is { } pattern && value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString() ?? "", pattern.GetValue<string>()))
        {
            _faults.Add($"{at}: {value.GetRawText()} does not match {pattern.ToJsonString()}");
        }

        if (schema["format"]?.GetValue<string>() == "date-time" && !value.TryGetDateTimeOffset(out _))
        {
            _faults.Add($"{at}: {value.GetRawText()} is no moment");
        }

        if (value.ValueKind == JsonValueKind.Array && schema["items"] is { } items)
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(items, item, $"{at}/{index}");
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckObject(schema, value, at);
        }
    }

    private void CheckObject(JsonObject schema, JsonElement value, string at)
    {
        var properties = schema["properties"] as JsonObject;
        foreach (var property in value.EnumerateObject())
        {
            if (properties?[property.Name] is { } known)
            {
                Check(known, property.Value, $"{at}/{property.Name}");
            }
            else if (schema["additionalProperties"] is { } others)
            {
                Check(others, property.Value, $"{at}/{property.Name}");
            }
            else
            {
                _faults.Add($"{at}/{property.Name}: is not in the schema");
            }
        }

        foreach (var required in schema["required"] as JsonArray ?? [])
        {
            if (!value.TryGetProperty(required!.GetValue<string>(), out _))
            {
                _faults.Add($"{at}/{required}: is missing");
            }
        }
    }

    private JsonNode Resolve(string reference)
    {
        JsonNode? node = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node is JsonArray array ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node?[part];
        }

        return node ?? throw new AssertionException($"{reference} leads nowhere");
    }

    private static IEnumerable<string> TypesOf(JsonNode type) => type is JsonArray several ? several.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || value.TryGetUInt64(out _)),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new AssertionException($"'{type}' is no type of JSON Schema"),
    };
}
