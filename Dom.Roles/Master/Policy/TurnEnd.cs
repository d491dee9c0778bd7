namespace Dom.Roles.Master.Policy;

/// <summary>How a turn ended.</summary>
internal enum TurnEnd
{
    /// <summary>The machine is compliant and its services are up.</summary>
    Done,

    /// <summary>It counts against the image.</summary>
    Failed,

    /// <summary>It was not used: nothing on the machine was changed by it.</summary>
    Returned,
}
