namespace Dom.Core.Trees.Filters;

/// <summary>An expression is not RE2, or not a part of RE2 that can be translated. The message says which part.</summary>
internal sealed class Re2SyntaxException(string message) : Exception(message);
