using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dom.Core.Locks;

/// <summary>JSON form of a snapshot; records of the journal hold the groups only.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LockSnapshot))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class LockSnapshotJson : JsonSerializerContext;
