using System.Text.Json.Serialization;

namespace Dom.Cli.Output;

/// <summary>The JSON forms of <c>dom image</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushDocument))]
[JsonSerializable(typeof(ImageListDocument))]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(ImageDiffDocument))]
[JsonSerializable(typeof(ImageCheckDocument))]
[JsonSerializable(typeof(ImageGetDocument))]
[JsonSerializable(typeof(ImageDeleteDocument))]
internal sealed partial class ImageJson : JsonSerializerContext;
