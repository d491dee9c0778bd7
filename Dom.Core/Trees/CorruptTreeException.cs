namespace Dom.Core.Trees;

/// <summary>A block does not follow the format, or does not have the digest it was asked for by. The message names the block.</summary>
public sealed class CorruptTreeException(string message, Exception? inner = null) : Exception(message, inner);
