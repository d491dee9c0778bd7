using System.Text.Json.Serialization;

namespace Dom.Cli.Output;

/// <summary>The JSON forms of what <c>dom cert</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CertificateDocument))]
[JsonSerializable(typeof(RevocationDocument))]
internal sealed partial class CertificateJson : JsonSerializerContext;
