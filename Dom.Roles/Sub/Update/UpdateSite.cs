using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Update;

/// <summary>Where an engine works: the managed tree and the private directory, which must be on one file system.</summary>
/// <param name="Root">The root of the managed tree.</param>
/// <param name="Private">The private directory, usually <c>.subd</c> in the root.</param>
/// <param name="RootPath">The path of the root as the kernel's mount table names it.</param>
/// <param name="Abilities">What the file system can hold, as the plans were made for; null when that is everything.</param>
public sealed record UpdateSite(DirectoryHandle Root, DirectoryHandle Private, UnixPath RootPath, FileSystemAbilities? Abilities = null);
