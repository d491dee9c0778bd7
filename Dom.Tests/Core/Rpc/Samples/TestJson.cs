using System.Text.Json.Serialization;

namespace Dom.Tests.Core.Rpc.Samples;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoResponse))]
[JsonSerializable(typeof(DataChunk))]
internal sealed partial class TestJson : JsonSerializerContext;
