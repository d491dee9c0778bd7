using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>A plan as a poll reports it: id and sizes, no paths.</summary>
[MessagePackObject]
public sealed partial record PlanSummary
{
    /// <summary>The plan's id (rule 13); none for an empty plan.</summary>
    public ObjectId Id { get; init; }

    /// <summary>The manifest it was made from.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>Steps; 0 for an empty plan.</summary>
    public int Steps { get; init; }

    /// <summary>Inodes of the machine in the image's scope.</summary>
    public long MachineInodes { get; init; }

    /// <summary>Inodes of the image in scope.</summary>
    public long ImageInodes { get; init; }

    /// <summary>Inodes that will be made where nothing stood.</summary>
    public long Creations { get; init; }

    /// <summary>Inodes replaced or changed in place.</summary>
    public long Changes { get; init; }

    /// <summary>Inodes removed.</summary>
    public long Deletions { get; init; }

    /// <summary>Objects that must be fetched first.</summary>
    public long ObjectsToFetch { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesToFetch { get; init; }

    /// <summary>Directories that must stay for a filtered or mounted descendant (rule 9); no deviation.</summary>
    public int Held { get; init; }

    /// <summary>Steps that cannot be done (rules 9 and 11).</summary>
    public int Blocked { get; init; }

    /// <summary>Directories and files that cannot be read (rule 10).</summary>
    public int Unknown { get; init; }

    /// <summary>Computed paths whose content is not in the machine's set (rule 12): nothing may be applied.</summary>
    public int MissingComputed { get; init; }

    /// <summary>Contested paths that deviate and wait for their next correction, at most a minute (rule 26).</summary>
    public int Contested { get; init; }

    /// <summary>Services that an update stops and starts or reloads.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>True when a service of high impact or a reboot is among them.</summary>
    public bool HighImpact { get; init; }

    /// <summary>Nothing to do now or later, nothing blocked, unknown or without its computed content: rule 8's compliant.</summary>
    public bool IsCompliant => Steps == 0 && Blocked == 0 && Unknown == 0 && MissingComputed == 0 && Contested == 0;
}
