using Dom.Core.Objects;
using Dom.Core.Trees.Comparison;

namespace Dom.Roles.Master.Computed;

/// <summary>The computed files of one machine.</summary>
/// <param name="Set">Paths and objects.</param>
/// <param name="Contents">The objects; empty ones have none.</param>
/// <param name="ValidFor">After this time they are computed anew.</param>
internal sealed record GeneratedFiles(ComputedSet Set, IReadOnlyDictionary<ObjectId, byte[]> Contents, TimeSpan ValidFor);
