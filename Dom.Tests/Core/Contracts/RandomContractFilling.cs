namespace Dom.Tests.Core.Contracts;

/// <summary>How many of the properties get a value.</summary>
public enum RandomContractFilling
{
    /// <summary>About two thirds.</summary>
    Some,

    /// <summary>All, and none its default.</summary>
    Everything,

    /// <summary>None.</summary>
    Nothing,
}
