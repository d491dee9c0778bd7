using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>A lease. Each call that names it renews it.</summary>
[MessagePackObject]
public sealed partial record BeginUploadResponse
{
    /// <summary>The lease.</summary>
    public required string Lease { get; init; }

    /// <summary>How long it lasts after the last call that names it.</summary>
    public TimeSpan Lifetime { get; init; }
}
