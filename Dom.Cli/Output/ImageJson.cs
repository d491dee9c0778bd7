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
[JsonSerializable(typeof(ImageGcDocument))]
[JsonSerializable(typeof(ImageDirectoriesDocument))]
[JsonSerializable(typeof(ImageLatestDocument))]
[JsonSerializable(typeof(ImageUsageDocument))]
[JsonSerializable(typeof(ImageGetDocument))]
[JsonSerializable(typeof(ImageDeleteDocument))]
[JsonSerializable(typeof(ImageTarDocument))]
[JsonSerializable(typeof(BuildLogDocument))]
[JsonSerializable(typeof(ImageFileDocument))]
[JsonSerializable(typeof(ImageWaitDocument))]
[JsonSerializable(typeof(FilterTestDocument))]
[JsonSerializable(typeof(TriggerMatchDocument))]
[JsonSerializable(typeof(FilterDocument))]
[JsonSerializable(typeof(TriggersDocument))]
internal sealed partial class ImageJson : JsonSerializerContext;
