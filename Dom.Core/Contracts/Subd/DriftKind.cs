namespace Dom.Core.Contracts.Subd;

/// <summary>How a path deviated from the image. Numbers are part of the protocol.</summary>
public enum DriftKind : byte
{
    /// <summary>Something stood there that was not the image's: see <see cref="DriftRecord.Differs"/>.</summary>
    Changed = 1,

    /// <summary>Nothing stood where the image has something.</summary>
    Missing = 2,

    /// <summary>Something stood where the image has nothing.</summary>
    Extra = 3,
}
