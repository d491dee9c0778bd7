namespace Dom.Roles.Master.Policy;

/// <summary>What the brake says to a machine that wants to be updated.</summary>
internal enum TurnAnswer
{
    /// <summary>It has its turn. The turn must be made durable before it is used.</summary>
    Granted,

    /// <summary>It had its turn already.</summary>
    Held,

    /// <summary>Enough others of its image directory are being updated; it will be woken.</summary>
    Waiting,

    /// <summary>The master has just started and too few of the directory's machines have answered; it will be woken.</summary>
    Restarting,

    /// <summary>The image stopped rolling after failures, until a person clears it.</summary>
    Halted,
}
