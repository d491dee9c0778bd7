using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dom.Core.Objects;

/// <summary>JSON form of <see cref="ObjectId"/>: 64 hex digits, or an empty string for none.</summary>
public sealed class ObjectIdJsonConverter : JsonConverter<ObjectId>
{
    /// <inheritdoc/>
    public override ObjectId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        return ObjectId.TryParse(text, out var id) ? id : throw new JsonException($"'{text}' is not an object id (64 hex digits)");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ObjectId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.IsNone ? string.Empty : value.ToString());
}
