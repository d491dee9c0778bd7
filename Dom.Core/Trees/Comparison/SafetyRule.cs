using System.Globalization;

namespace Dom.Core.Trees.Comparison;

/// <summary>Rule 18's guard against a plan that looks like a mistake. The sub and the master ask the same question.</summary>
/// <remarks>
/// The mistake is a wrong or empty image. A plan that brings a machine back to the very image that was applied there cannot be that one: it deletes nothing
/// which this image put there. What it deletes came from elsewhere, and were it counted, whoever may make files could hold back every correction.
/// </remarks>
public static class SafetyRule
{
    /// <summary>A machine with no more inodes in scope than this is being filled for the first time.</summary>
    public const int AlmostEmpty = 10;

    /// <summary>Why a plan must not be applied without a person's word; null when it may.</summary>
    /// <param name="counts">The plan's sizes. Deletions count every inode, not the tops of removed subtrees.</param>
    /// <param name="sparse">A sparse image deletes nothing and is always safe.</param>
    /// <param name="corrects">True when the image is the one that was applied on the machine last, and no other was begun since.</param>
    public static string? Objection(in PlanCounts counts, bool sparse, bool corrects)
    {
        if (sparse || corrects || counts.MachineInodes <= AlmostEmpty)
        {
            return null;
        }

        if (counts.ImageInodes < counts.MachineInodes - counts.ImageInodes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the image has {counts.ImageInodes} inodes, fewer than half of the machine's {counts.MachineInodes}");
        }

        return counts.Deletions > counts.MachineInodes - counts.Deletions
            ? string.Create(CultureInfo.InvariantCulture, $"{counts.Deletions} of the machine's {counts.MachineInodes} inodes would be deleted, more than half")
            : null;
    }
}
