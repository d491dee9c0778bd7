namespace Dom.Core.Trees.Comparison;

/// <summary>Sizes of a plan, for the safety rule (18) and for people.</summary>
/// <param name="MachineInodes">Inodes of the machine in the image's scope: not filtered, not excluded, without held directories.</param>
/// <param name="ImageInodes">Inodes of the image in scope.</param>
/// <param name="Creations">Inodes that will be made where nothing stood.</param>
/// <param name="Changes">Inodes replaced or changed in place, links rearranged.</param>
/// <param name="Deletions">Inodes removed, each counted, not only the tops of removed subtrees.</param>
public readonly record struct PlanCounts(long MachineInodes, long ImageInodes, long Creations, long Changes, long Deletions);
