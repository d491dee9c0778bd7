using System.Text.Json.Serialization;

namespace Dom.Core.Trees.Triggers;

/// <summary>The JSON form of a trigger file: Dominator's property names, in any case; unknown ones are errors.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Trigger[]))]
internal sealed partial class TriggerJson : JsonSerializerContext;
