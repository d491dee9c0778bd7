namespace Dom.Roles.Sub.Update;

/// <summary>How an update ended. The names travel as stable codes.</summary>
public enum UpdateCode
{
    /// <summary>Every step was done.</summary>
    Done = 0,

    /// <summary>No step fits what stands there any longer; nothing was touched (rule 14).</summary>
    PlanChanged,

    /// <summary>Halted or expired before anything was touched (rule 19).</summary>
    Halted,

    /// <summary>New inodes could not be made ready; nothing was touched.</summary>
    PrepareFailed,

    /// <summary>The file system has too little space; nothing was touched.</summary>
    NoSpace,

    /// <summary>A service did not stop; nothing was touched, and what was stopped is started again.</summary>
    StopFailed,

    /// <summary>The swap was carried out, but some steps failed: each of those paths is as it was before.</summary>
    SwapIncomplete,
}
