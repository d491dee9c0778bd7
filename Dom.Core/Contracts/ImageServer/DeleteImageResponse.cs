using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>The name is gone and cannot be used again.</summary>
[MessagePackObject]
public sealed partial record DeleteImageResponse;
