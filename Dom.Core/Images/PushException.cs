namespace Dom.Core.Images;

/// <summary>A push could not be finished. What was sent is kept on the server, so that pushing again sends the rest.</summary>
public sealed class PushException(string message, Exception? inner = null) : Exception(message, inner);
