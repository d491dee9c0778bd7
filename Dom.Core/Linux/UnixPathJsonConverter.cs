using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dom.Core.Linux;

/// <summary>JSON form of <see cref="UnixPath"/>: its escaped text.</summary>
public sealed class UnixPathJsonConverter : JsonConverter<UnixPath>
{
    /// <inheritdoc/>
    public override UnixPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        return UnixPath.TryParse(text, out var path)
            ? path
            : throw new JsonException($"'{text}' is no path: a backslash starts \\xNN (not 00) or stands twice");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UnixPath value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
