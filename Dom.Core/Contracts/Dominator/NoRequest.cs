using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A question without parameters.</summary>
[MessagePackObject]
public sealed partial record NoRequest;
