namespace Dom.Roles.Master.Policy;

/// <summary>What should be done next for a machine, if limits allow.</summary>
internal enum Want
{
    /// <summary>Nothing but to wait for its next answer.</summary>
    Nothing,

    /// <summary>Let it read what it lacks of the required image.</summary>
    FetchRequired,

    /// <summary>Let it read what it lacks of the planned image.</summary>
    FetchPlanned,

    /// <summary>Bring it back to the image it already had: takes no turn of the brake.</summary>
    CorrectDrift,

    /// <summary>Bring it to another image: takes a turn.</summary>
    Update,
}
