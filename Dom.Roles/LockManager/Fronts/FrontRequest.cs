using System.Text.Json;

namespace Dom.Roles.LockManager.Fronts;

/// <summary>Bodies of requests: raw JSON, whatever their content type says.</summary>
internal static class FrontRequest
{
    /// <summary>Most bytes of a body.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>FleetLock's <c>{"client_params":{"id":"…","group":"…"}}</c>.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static (string Id, string Group) ReadClient(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var client = Object(document.RootElement, "client_params");
        return (Text(client, "id"), Text(client, "group"));
    }

    /// <summary>Upstream's <c>{"MDB":{"Hostname":"…",…},"Request":"request"}</c>; of the machine only its name counts.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static (string Hostname, string Request) ReadDisruption(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return (Text(Object(document.RootElement, "MDB"), "Hostname"), Text(document.RootElement, "Request"));
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException fault)
        {
            throw new FormatException($"the body is not JSON: {fault.Message}", fault);
        }
    }

    private static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"the body has no object '{name}'");

    private static string Text(JsonElement parent, string name)
    {
        try
        {
            return parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : throw new FormatException($"the body has no text '{name}'");
        }
        catch (InvalidOperationException fault)
        {
            // Half of a surrogate pair.
            throw new FormatException($"'{name}' is not well-formed text", fault);
        }
    }
}
