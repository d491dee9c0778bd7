using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks for the file tree of the machine as it was seen last.</summary>
[MessagePackObject]
public sealed partial record GetSnapshotRequest;
