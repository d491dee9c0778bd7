using System.Text.Json.Serialization;

namespace Dom.Core.Locks.Etcd;

/// <summary>JSON forms for the v3 gateway: snake case, bytes in base64, numbers as texts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EtcdMessages.RangeRequest))]
[JsonSerializable(typeof(EtcdMessages.RangeResponse))]
[JsonSerializable(typeof(EtcdMessages.TxnRequest))]
[JsonSerializable(typeof(EtcdMessages.TxnResponse))]
[JsonSerializable(typeof(EtcdMessages.AuthenticateRequest))]
[JsonSerializable(typeof(EtcdMessages.AuthenticateResponse))]
internal sealed partial class EtcdJson : JsonSerializerContext;
