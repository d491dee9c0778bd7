using System.Text.Json.Serialization;
using Dom.Core.Contracts.LockManager;

namespace Dom.Cli.Commands;

/// <summary>The documents of <c>dom lock</c>: the contract's records with names as all of the command line has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LockStatus))]
[JsonSerializable(typeof(LockResponse))]
[JsonSerializable(typeof(UnlockResponse))]
[JsonSerializable(typeof(SetMaxResponse))]
[JsonSerializable(typeof(LockGroupStatus))]
[JsonSerializable(typeof(LockEvents))]
[JsonSerializable(typeof(LockEvent))]
[JsonSerializable(typeof(LockExplainDocument))]
[JsonSerializable(typeof(LockRunDocument))]
internal sealed partial class LockJson : JsonSerializerContext;
