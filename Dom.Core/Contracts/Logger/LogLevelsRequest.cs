using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>Asks for the levels in force.</summary>
[MessagePackObject]
public sealed partial record LogLevelsRequest;
