using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>The service was restarted.</summary>
[MessagePackObject]
public sealed partial record RestartServiceResponse;
