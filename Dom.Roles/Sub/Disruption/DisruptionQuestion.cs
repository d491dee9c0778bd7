namespace Dom.Roles.Sub.Disruption;

/// <summary>What is asked of who decides on disruptions; the words are those of Dominator's tools.</summary>
internal enum DisruptionQuestion : byte
{
    /// <summary>How things are; changes nothing.</summary>
    Check,

    /// <summary>This machine wants to be disrupted, or still does.</summary>
    Request,

    /// <summary>It does not (any more).</summary>
    Cancel,
}
