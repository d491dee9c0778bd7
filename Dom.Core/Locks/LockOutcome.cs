namespace Dom.Core.Locks;

/// <summary>What became of asking for a slot.</summary>
public enum LockOutcome
{
    /// <summary>A slot was free and is the asker's now.</summary>
    Granted,

    /// <summary>The asker held one already; nothing changed.</summary>
    AlreadyHeld,

    /// <summary>No slot is free.</summary>
    Full,
}
