using Dom.Core.Rpc;

namespace Dom.Core.Images;

/// <summary>An image server that objects can be read from.</summary>
/// <param name="Name">Its address, for messages.</param>
/// <param name="Channel">The way to it; connects when it is used.</param>
public sealed record ImageSource(string Name, RpcChannel Channel);
