namespace Dom.Core.Trees.Comparison;

/// <summary>Why a path gets no step although it differs. Numbers are part of the protocol.</summary>
public enum PlanExceptionKind : byte
{
    /// <summary>A directory that must stay for a filtered or mounted descendant (rule 9); no deviation.</summary>
    Held = 1,

    /// <summary>A step that cannot be done: another kind at a held path, or a directory in the way of a sparse image's file.</summary>
    Blocked = 2,

    /// <summary>A directory or file that cannot be read (rule 10).</summary>
    Unknown = 3,

    /// <summary>A contested path that deviates and waits for its next correction (rule 26).</summary>
    Contested = 4,
}
