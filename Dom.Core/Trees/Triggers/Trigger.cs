using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Triggers;

/// <summary>A service to restart or reload when paths change.</summary>
[MessagePackObject]
public sealed partial record Trigger
{
    /// <summary>Expressions over absolute paths, as in filters; one that matches is enough.</summary>
    public required IReadOnlyList<string> MatchLines { get; init; }

    /// <summary>The service, as the service manager names it.</summary>
    public required string Service { get; init; }

    /// <summary>Place in the order of services; numbers in it count as numbers, the empty name comes first.</summary>
    public string SortName { get; init; } = "";

    /// <summary>Reload after the change instead of stopping before and starting after it.</summary>
    public bool DoReload { get; init; }

    /// <summary>Reboot the machine after the change.</summary>
    public bool DoReboot { get; init; }

    /// <summary>The action disturbs users of the machine.</summary>
    public bool HighImpact { get; init; }
}
