namespace Dom.Core.Trees.Editing;

/// <summary>A change would make an impossible tree, or lead out of it. The message says why, and follows the name of what was to be changed.</summary>
public sealed class TreeEditException(string message) : Exception(message);
