using System.Text.Json.Serialization;

namespace Dom.Core.Locks.Etcd;

/// <summary>JSON forms of the v2 keys API: camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EtcdMessages.V2Response))]
internal sealed partial class EtcdV2Json : JsonSerializerContext;
