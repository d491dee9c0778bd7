using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Asks for something that needs no further word.</summary>
[MessagePackObject]
public sealed partial record MdbRequest;
