using System.Text.Json.Serialization;

namespace Dom.Roles.MdbSync.State;

/// <summary>JSON forms of what is kept on disk.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, WriteIndented = true)]
[JsonSerializable(typeof(SourceRecord))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, PauseRecord>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class MdbStateJson : JsonSerializerContext;
