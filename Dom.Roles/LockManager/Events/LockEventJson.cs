using System.Text.Json.Serialization;
using Dom.Core.Contracts.LockManager;

namespace Dom.Roles.LockManager.Events;

/// <summary>The form of a line of the log of events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LockEvent))]
internal sealed partial class LockEventJson : JsonSerializerContext;
