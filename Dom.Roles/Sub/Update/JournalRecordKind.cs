namespace Dom.Roles.Sub.Update;

/// <summary>The kinds of records in a journal.</summary>
internal enum JournalRecordKind : byte
{
    /// <summary>Version, plan and image.</summary>
    Header = 1,

    /// <summary>A step.</summary>
    Step = 2,

    /// <summary>Everything before is durable; the first rename follows.</summary>
    Swap = 3,

    /// <summary>All steps are done and durable.</summary>
    Done = 4,
}
