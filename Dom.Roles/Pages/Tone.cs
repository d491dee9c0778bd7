namespace Dom.Roles.Pages;

/// <summary>How a status feels. The colour only repeats what the word beside it says.</summary>
public enum Tone
{
    /// <summary>Nothing to say: unknown, idle, not used.</summary>
    Quiet,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Under way; it ends by itself.</summary>
    Busy,

    /// <summary>Somebody should look at it soon.</summary>
    Warning,

    /// <summary>Somebody should look at it now.</summary>
    Bad,
}
