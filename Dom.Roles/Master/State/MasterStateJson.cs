using System.Text.Json.Serialization;
using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.State;

/// <summary>JSON forms of the files in the state directory; readable, since people look at them when something is wrong.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    WriteIndented = true)]
[JsonSerializable(typeof(MasterIdentity))]
[JsonSerializable(typeof(UpdatesSwitch))]
[JsonSerializable(typeof(BrakeState))]
[JsonSerializable(typeof(SafetyState))]
[JsonSerializable(typeof(ImagesState))]
[JsonSerializable(typeof(ControlsState))]
internal sealed partial class MasterStateJson : JsonSerializerContext;
