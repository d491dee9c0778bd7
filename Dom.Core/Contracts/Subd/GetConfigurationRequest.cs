using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks how a sub is set up.</summary>
[MessagePackObject]
public sealed partial record GetConfigurationRequest;
