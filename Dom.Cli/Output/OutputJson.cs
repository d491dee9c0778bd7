using System.Text.Json.Serialization;

namespace Dom.Cli.Output;

/// <summary>The JSON forms of what every command may print.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(QuickstartDocument))]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(ConfigCheckDocument))]
[JsonSerializable(typeof(CompletionDocument))]
[JsonSerializable(typeof(DryRunDocument))]
[JsonSerializable(typeof(RoleDocument))]
internal sealed partial class OutputJson : JsonSerializerContext;
