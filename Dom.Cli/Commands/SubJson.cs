using System.Text.Json.Serialization;
using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary>The documents of <c>dom sub</c>: the contract's records with names as all of the command line has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SubState))]
[JsonSerializable(typeof(SubConfiguration))]
[JsonSerializable(typeof(SubFilesDocument))]
[JsonSerializable(typeof(SubFileDocument))]
[JsonSerializable(typeof(SubCheckDocument))]
[JsonSerializable(typeof(SubCleanupDocument))]
[JsonSerializable(typeof(SubWaitDocument))]
[JsonSerializable(typeof(SubPushDocument))]
[JsonSerializable(typeof(SubDeleteDocument))]
[JsonSerializable(typeof(SubServiceDocument))]
internal sealed partial class SubJson : JsonSerializerContext;
