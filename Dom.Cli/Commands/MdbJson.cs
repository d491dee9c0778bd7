using System.Text.Json.Serialization;
using Dom.Core.Contracts.MdbServer;

namespace Dom.Cli.Commands;

/// <summary>The documents of <c>dom mdb</c>: the contract's records with names as all of the command line has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MdbPage))]
[JsonSerializable(typeof(MdbMachine))]
[JsonSerializable(typeof(MdbStatus))]
[JsonSerializable(typeof(MdbUpdate))]
[JsonSerializable(typeof(MachinePause))]
[JsonSerializable(typeof(MdbAcceptShrinkDocument))]
internal sealed partial class MdbJson : JsonSerializerContext;
