using System.Text.Json.Serialization;

namespace Dom.Core.Locks;

/// <summary>JSON forms of what stands in our own documents besides locksmith's fields.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LockHolder))]
[JsonSerializable(typeof(LockFreeze))]
internal sealed partial class LockDetailsJson : JsonSerializerContext;
