using System.Text.Json.Nodes;

namespace Dom.Tests.Cli.Schemas;

/// <summary>Whether programs that read documents of one schema can read those of another: fields may be added, nothing else may change.</summary>
internal static class SchemaCompatibility
{
    /// <summary>What a reader of the old documents would miss or misread; empty when nothing.</summary>
    public static IReadOnlyList<string> Breaks(JsonNode? old, JsonNode? @new)
    {
        var breaks = new List<string>();
        Compare(old, @new, "", breaks);
        return breaks;
    }

    private static void Compare(JsonNode? old, JsonNode? @new, string at, List<string> breaks)
    {
        if (old is not JsonObject before)
        {
            return;
        }

        if (@new is not JsonObject after)
        {
            breaks.Add($"{at}: is gone");
            return;
        }

        foreach (var keyword in new[] { "type", "const", "pattern", "format", "$ref" })
        {
            if (!JsonNode.DeepEquals(before[keyword], after[keyword]))
            {
                breaks.Add($"{at}: {keyword} was {before[keyword]?.ToJsonString() ?? "not there"}, is {after[keyword]?.ToJsonString() ?? "not there"}");
            }
        }

        foreach (var word in Words(before, "enum").Except(Words(after, "enum")))
        {
            breaks.Add($"{at}: never is '{word}' any more");
        }

        foreach (var property in Words(before, "required").Except(Words(after, "required")))
        {
            breaks.Add($"{at}/{property}: was always there");
        }

        foreach (var (property, schema) in before["properties"] as JsonObject ?? [])
        {
            Compare(schema, after["properties"]?[property], $"{at}/{property}", breaks);
        }

        Compare(before["items"], after["items"], $"{at}/*", breaks);
        Compare(before["additionalProperties"], after["additionalProperties"], $"{at}/*", breaks);
    }

    private static IEnumerable<string> Words(JsonObject schema, string keyword) =>
        (schema[keyword] as JsonArray ?? []).Select(v => v?.ToString() ?? "null");
}
