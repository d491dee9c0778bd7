namespace Dom.Core.Contracts.Subd;

/// <summary>What a grant covers. Numbers are part of the protocol.</summary>
public enum FetchScope : byte
{
    /// <summary>Manifest and blocks, then the objects the plan needs.</summary>
    Everything = 0,

    /// <summary>Manifest and blocks only, so that the sub can compare.</summary>
    Tree = 1,
}
