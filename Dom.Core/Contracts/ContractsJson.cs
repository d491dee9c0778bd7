using System.Text.Json.Serialization;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;

namespace Dom.Core.Contracts;

/// <summary>JSON forms of all contract records: camelCase, enums by name, nulls left out when writing. As in MessagePack, null for what cannot be null and a key given twice are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClearHaltRequest))]
[JsonSerializable(typeof(ClearSafetyStopRequest))]
[JsonSerializable(typeof(ClearSafetyStopResponse))]
[JsonSerializable(typeof(MasterStatus))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(SubInfo))]
[JsonSerializable(typeof(SubInfoPage))]
[JsonSerializable(typeof(SubNamesPage))]
[JsonSerializable(typeof(SubPlanRequest))]
[JsonSerializable(typeof(SubQuery))]
[JsonSerializable(typeof(SubChanges))]
[JsonSerializable(typeof(UpdatesSwitch))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(AddImageRequest))]
[JsonSerializable(typeof(BeginUploadRequest))]
[JsonSerializable(typeof(BeginUploadResponse))]
[JsonSerializable(typeof(CheckImageResponse))]
[JsonSerializable(typeof(DeleteImageResponse))]
[JsonSerializable(typeof(ImageInfo))]
[JsonSerializable(typeof(ImageNameRequest))]
[JsonSerializable(typeof(ImageResponse))]
[JsonSerializable(typeof(ListImagesRequest))]
[JsonSerializable(typeof(ListImagesResponse))]
[JsonSerializable(typeof(AcceptShrinkRequest))]
[JsonSerializable(typeof(AcceptShrinkResponse))]
[JsonSerializable(typeof(MachinePause))]
[JsonSerializable(typeof(MdbImages))]
[JsonSerializable(typeof(MdbMachine))]
[JsonSerializable(typeof(MdbMachineRequest))]
[JsonSerializable(typeof(MdbPage))]
[JsonSerializable(typeof(MdbRequest))]
[JsonSerializable(typeof(MdbSourceEntry))]
[JsonSerializable(typeof(MdbSourceStatus))]
[JsonSerializable(typeof(MdbStatus))]
[JsonSerializable(typeof(MdbUpdate))]
[JsonSerializable(typeof(PauseUpdatesRequest))]
[JsonSerializable(typeof(RefusedShrink))]
[JsonSerializable(typeof(ResumeUpdatesRequest))]
[JsonSerializable(typeof(AddObjectsResponse))]
[JsonSerializable(typeof(CheckObjectsRequest))]
[JsonSerializable(typeof(CheckObjectsResponse))]
[JsonSerializable(typeof(GetObjectsRequest))]
[JsonSerializable(typeof(ObjectChunk))]
[JsonSerializable(typeof(ComputedChunk))]
[JsonSerializable(typeof(ComputedResult))]
[JsonSerializable(typeof(ContestedPath))]
[JsonSerializable(typeof(DriftPage))]
[JsonSerializable(typeof(DriftRecord))]
[JsonSerializable(typeof(FetchRequest))]
[JsonSerializable(typeof(FetchResponse))]
[JsonSerializable(typeof(GetPlanRequest))]
[JsonSerializable(typeof(GetDriftRequest))]
[JsonSerializable(typeof(ImageReference))]
[JsonSerializable(typeof(InodeFacts))]
[JsonSerializable(typeof(PlanException))]
[JsonSerializable(typeof(PlanLine))]
[JsonSerializable(typeof(PlanPage))]
[JsonSerializable(typeof(PlanSummary))]
[JsonSerializable(typeof(PollRequest))]
[JsonSerializable(typeof(PollResponse))]
[JsonSerializable(typeof(RetryRequest))]
[JsonSerializable(typeof(RetryResponse))]
[JsonSerializable(typeof(UpdateRequest))]
[JsonSerializable(typeof(UpdateResponse))]
public sealed partial class ContractsJson : JsonSerializerContext;
