using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Up to 256 records in the order of their numbers. There is always a first page; the stream ends with the newest record there was when it began.</summary>
[MessagePackObject]
public sealed partial record DriftPage
{
    /// <summary>The log's id, made when the log was; another id means that numbers begin anew.</summary>
    public required ulong Log { get; init; }

    /// <summary>On the first page: records after <see cref="GetDriftRequest.After"/> that are lost, since the log keeps the newest 10,000 only.</summary>
    public long Lost { get; init; }

    /// <summary>The records.</summary>
    public IReadOnlyList<DriftRecord> Records { get; init; } = [];
}
