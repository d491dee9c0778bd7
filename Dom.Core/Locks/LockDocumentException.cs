namespace Dom.Core.Locks;

/// <summary>A stored document is not what it should be. It is never overwritten: nothing is granted in its group until somebody has mended it.</summary>
public sealed class LockDocumentException(string message, Exception? cause = null) : Exception(message, cause);
