using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Rpc;

namespace Dom.Core.Contracts.Subd;

/// <summary>The methods of a sub.</summary>
public static class SubdMethods
{
    private const string Service = "Subd";

    private static readonly RpcLimits SmallAnswer = RpcLimits.Default with { MaxResponseBytes = 16 * 1024 };

    /// <summary>Long poll of the reported state (rule 16).</summary>
    public static readonly RpcMethod<PollRequest, PollResponse> Poll =
        RpcMethod.Unary(Service, "Poll", ContractsJson.Default.PollRequest, ContractsJson.Default.PollResponse) with { Repeatable = true, Limits = RpcLimits.Default with { MaxRequestBytes = 16 * 1024, MaxResponseBytes = PollLimits.MaxBytes, Deadline = TimeSpan.FromMinutes(6) } };

    /// <summary>Grants reading from image servers (rule 17).</summary>
    public static readonly RpcMethod<FetchRequest, FetchResponse> Fetch =
        RpcMethod.Unary(Service, "Fetch", ContractsJson.Default.FetchRequest, ContractsJson.Default.FetchResponse) with { Changes = true, Limits = SmallAnswer };

    /// <summary>Carries out a plan (rule 18).</summary>
    public static readonly RpcMethod<UpdateRequest, UpdateResponse> Update =
        RpcMethod.Unary(Service, "Update", ContractsJson.Default.UpdateRequest, ContractsJson.Default.UpdateResponse) with { Changes = true, Limits = SmallAnswer };

    /// <summary>Streams a plan in pages; changes nothing (rule 22).</summary>
    public static readonly RpcMethod<GetPlanRequest, PlanPage> GetPlan =
        RpcMethod.ServerStream(Service, "GetPlan", ContractsJson.Default.GetPlanRequest, ContractsJson.Default.PlanPage) with { Repeatable = true };

    /// <summary>Replaces the computed set of this machine (rule 12).</summary>
    public static readonly RpcMethod<ComputedChunk, ComputedResult> SetComputed =
        RpcMethod.ClientStream(Service, "SetComputed", ContractsJson.Default.ComputedChunk, ContractsJson.Default.ComputedResult) with { Changes = true };

    /// <summary>Streams the deviations that were corrected, from a number on; changes nothing.</summary>
    public static readonly RpcMethod<GetDriftRequest, DriftPage> GetDrift =
        RpcMethod.ServerStream(Service, "GetDrift", ContractsJson.Default.GetDriftRequest, ContractsJson.Default.DriftPage) with { Repeatable = true };

    /// <summary>Forgets that an image was rolled back, so that it is offered again (rule 25).</summary>
    public static readonly RpcMethod<RetryRequest, RetryResponse> Retry =
        RpcMethod.Unary(Service, "Retry", ContractsJson.Default.RetryRequest, ContractsJson.Default.RetryResponse) with { Changes = true, Limits = SmallAnswer };

    /// <summary>Streams the machine's file tree, for an image made of it. Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<GetSnapshotRequest, SnapshotPage> GetSnapshot =
        RpcMethod.ServerStream(Service, "GetSnapshot", ContractsJson.Default.GetSnapshotRequest, ContractsJson.Default.SnapshotPage) with { NamedOnly = true, Bulk = true };

    /// <summary>Streams contents of files, whoever may read them on the machine. Changes nothing, and goes to the audit log all the same. Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<GetFilesRequest, ObjectChunk> GetFiles =
        RpcMethod.ServerStream(Service, "GetFiles", ContractsJson.Default.GetFilesRequest, ContractsJson.Default.ObjectChunk) with { NamedOnly = true, Bulk = true, Changes = true };

    /// <summary>How the machine is; takes no hold and changes nothing.</summary>
    public static readonly RpcMethod<GetStateRequest, SubState> GetState =
        RpcMethod.Unary(Service, "GetState", ContractsJson.Default.GetStateRequest, ContractsJson.Default.SubState) with { Repeatable = true, Limits = RpcLimits.Default with { MaxRequestBytes = 1024, MaxResponseBytes = 2 * PollLimits.MaxBytes, Deadline = TimeSpan.FromMinutes(6) } };

    /// <summary>How the sub is set up, and which speeds are in force.</summary>
    public static readonly RpcMethod<GetConfigurationRequest, SubConfiguration> GetConfiguration =
        RpcMethod.Unary(Service, "GetConfiguration", ContractsJson.Default.GetConfigurationRequest, ContractsJson.Default.SubConfiguration) with { Repeatable = true };

    /// <summary>Sets speeds of this machine for a time.</summary>
    public static readonly RpcMethod<SetSpeedsRequest, SubConfiguration> SetSpeeds =
        RpcMethod.Unary(Service, "SetSpeeds", ContractsJson.Default.SetSpeedsRequest, ContractsJson.Default.SubConfiguration) with { Changes = true, Repeatable = true, Limits = RpcLimits.Default with { MaxRequestBytes = 16 * 1024 } };

    /// <summary>Removes what no image needs any more from the sub's own stores.</summary>
    public static readonly RpcMethod<CleanupRequest, CleanupResponse> Cleanup =
        RpcMethod.Unary(Service, "Cleanup", ContractsJson.Default.CleanupRequest, ContractsJson.Default.CleanupResponse) with { Changes = true, Limits = SmallAnswer with { MaxRequestBytes = 16 * 1024, Deadline = TimeSpan.FromMinutes(10) } };

    /// <summary>Streams paths of the machine with their metadata. Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<ListFilesRequest, FilesPage> ListFiles =
        RpcMethod.ServerStream(Service, "ListFiles", ContractsJson.Default.ListFilesRequest, ContractsJson.Default.FilesPage) with { NamedOnly = true, Bulk = true };

    /// <summary>Puts one file into the machine's tree, past any image (rule 21). Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<PushFileChunk, PushFileResponse> PushFile =
        RpcMethod.ClientStream(Service, "PushFile", ContractsJson.Default.PushFileChunk, ContractsJson.Default.PushFileResponse) with { NamedOnly = true, Changes = true, Bulk = true, Limits = SmallAnswer with { StreamDeadline = TimeSpan.FromMinutes(15) } };

    /// <summary>Removes files and empty directories from the machine's tree, past any image (rule 21). Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<DeleteRequest, DeleteResponse> Delete =
        RpcMethod.Unary(Service, "Delete", ContractsJson.Default.DeleteRequest, ContractsJson.Default.DeleteResponse) with { NamedOnly = true, Changes = true };

    /// <summary>Restarts one service, whatever triggers say (rule 21). Not granted by <c>Subd.*</c>.</summary>
    public static readonly RpcMethod<RestartServiceRequest, RestartServiceResponse> RestartService =
        RpcMethod.Unary(Service, "RestartService", ContractsJson.Default.RestartServiceRequest, ContractsJson.Default.RestartServiceResponse) with { NamedOnly = true, Changes = true, Limits = SmallAnswer with { MaxRequestBytes = 16 * 1024, Deadline = TimeSpan.FromMinutes(5) } };
}
