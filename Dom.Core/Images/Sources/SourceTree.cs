using Dom.Core.Trees;

namespace Dom.Core.Images.Sources;

/// <summary>What was read of a source.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="LeftOut">What is not in it although it was found.</param>
/// <param name="OpenContents">Opens what reads the contents of its files; each upload stream has one of its own.</param>
internal sealed record SourceTree(FileTree Tree, IReadOnlyList<LeftOut> LeftOut, Func<ContentReader> OpenContents);
