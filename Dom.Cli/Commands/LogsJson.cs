using System.Text.Json.Serialization;

namespace Dom.Cli.Commands;

/// <summary>The documents of <c>dom logs</c>: the contract's records with names as all of the command line has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogsPrintDocument))]
[JsonSerializable(typeof(LogsWatchDocument))]
[JsonSerializable(typeof(LogsLevelDocument))]
internal sealed partial class LogsJson : JsonSerializerContext;
