namespace Dom.Core.Contracts.Subd;

/// <summary>Whether a machine may be disrupted, as who decides that said last. Numbers are part of the protocol.</summary>
public enum DisruptionState : byte
{
    /// <summary>Nobody has to be asked, or there is nothing to ask for.</summary>
    None = 0,

    /// <summary>It may.</summary>
    Permitted = 1,

    /// <summary>It was asked for, and there is no answer or no room yet.</summary>
    Requested = 2,

    /// <summary>It may not; it is asked for again.</summary>
    Denied = 3,

    /// <summary>The answer could not be had, which is no permission; it is asked for again.</summary>
    Failed = 4,
}
