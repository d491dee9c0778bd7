using System.Text.Json.Serialization;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary>The documents of <c>dom ctl</c>: the contract's records with names as all of the command line has them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpdatesSwitch))]
[JsonSerializable(typeof(MasterStatus))]
[JsonSerializable(typeof(SubNamesPage))]
[JsonSerializable(typeof(SubInfoPage))]
[JsonSerializable(typeof(SubInfo))]
[JsonSerializable(typeof(SubChanges))]
[JsonSerializable(typeof(ClearSafetyStopResponse))]
[JsonSerializable(typeof(ControlResponse))]
[JsonSerializable(typeof(FastUpdateProgress))]
[JsonSerializable(typeof(DefaultImage))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(DriftEntries))]
[JsonSerializable(typeof(SubsConfiguration))]
[JsonSerializable(typeof(MachineListResponse))]
[JsonSerializable(typeof(CtlDiffDocument))]
internal sealed partial class CtlJson : JsonSerializerContext;
