namespace Dom.Core.Contracts.ImageServer;

/// <summary>Whether images in a directory may expire. Numbers are part of the protocol.</summary>
public enum ExpiryRule : byte
{
    /// <summary>As the directory above says; at the top: allowed, for at most 31 days.</summary>
    Inherited = 0,

    /// <summary>Images may expire.</summary>
    Allowed = 1,

    /// <summary>Images must expire.</summary>
    Required = 2,

    /// <summary>Images may not expire.</summary>
    Forbidden = 3,
}
