namespace Dom.Roles.Master.Pages;

/// <summary>How the machines of a place are, those of all places below it included.</summary>
internal sealed class LocationUse
{
    /// <summary>The place, as <c>SJC/rack1</c>; empty for machines without one.</summary>
    public required string Location { get; init; }

    /// <summary>All machines.</summary>
    public int Machines { get; set; }

    /// <summary>Those in sync.</summary>
    public int InSync { get; set; }

    /// <summary>Those that answer and differ.</summary>
    public int Deviant { get; set; }

    /// <summary>Those that cannot be reached.</summary>
    public int Unreachable { get; set; }
}
