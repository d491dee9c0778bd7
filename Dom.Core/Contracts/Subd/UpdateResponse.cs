using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>The update was accepted and goes on in the background; polls report it.</summary>
[MessagePackObject]
public sealed partial record UpdateResponse;
