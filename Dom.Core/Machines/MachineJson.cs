using System.Text.Json.Serialization;

namespace Dom.Core.Machines;

/// <summary>JSON form of the machine list's entries. Reading takes field names in any case, as Go's decoder does, and refuses a field given twice.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNameCaseInsensitive = true,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    WriteIndented = true,
    IndentSize = 4,
    MaxDepth = 16)]
[JsonSerializable(typeof(Machine))]
[JsonSerializable(typeof(IReadOnlyList<Machine>))]
public sealed partial class MachineJson : JsonSerializerContext;
