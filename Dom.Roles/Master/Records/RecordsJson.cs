using System.Text.Json.Serialization;
using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.Records;

/// <summary>JSON forms of what is kept of machines, one object a line; what says nothing is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(HistoryRecord))]
[JsonSerializable(typeof(DriftEntry))]
internal sealed partial class RecordsJson : JsonSerializerContext;
