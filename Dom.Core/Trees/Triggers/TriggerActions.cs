using Dom.Core.Trees.Comparison;

namespace Dom.Core.Trees.Triggers;

/// <summary>What an update does to services: each list in the order it is carried out.</summary>
public sealed record TriggerActions
{
    /// <summary>Nothing to do.</summary>
    public static TriggerActions None { get; } = new();

    /// <summary>Services stopped before the swap.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Services started after it: all that were stopped, or with <see cref="Reboot"/> those that come before the reboot.</summary>
    public IReadOnlyList<string> Start { get; init; } = [];

    /// <summary>Services reloaded after it.</summary>
    public IReadOnlyList<string> Reload { get; init; } = [];

    /// <summary>Services of <see cref="Start"/> and <see cref="Reload"/> the required image has no trigger for: gone, perhaps, so that a failing start is no failure.</summary>
    public IReadOnlyList<string> Retired { get; init; } = [];

    /// <summary>The sub's own service matched: it is not stopped, and restarted last.</summary>
    public bool RestartSelf { get; init; }

    /// <summary>The machine must be rebooted at the end.</summary>
    public bool Reboot { get; init; }

    /// <summary>An action disturbs users of the machine.</summary>
    public bool HighImpact { get; init; }

    /// <summary>A file in which a service manager finds its units is among what changes, and services are started or reloaded: it must read them anew before.</summary>
    public bool ReloadUnits { get; init; }

    /// <summary>True when no service is touched.</summary>
    public bool IsEmpty => Stop.Count == 0 && Start.Count == 0 && Reload.Count == 0 && !RestartSelf && !Reboot;

    /// <summary>All services that are touched.</summary>
    public IEnumerable<string> Services => Stop.Union(Start).Union(Reload);

    /// <summary>Finds the triggers that match a path some step touches. A step that only sets a modification time touches nothing.</summary>
    /// <param name="required">Triggers of the image being brought.</param>
    /// <param name="earlier">Those of the applied and of a begun image (rule 20).</param>
    /// <param name="plan">What will be done.</param>
    /// <param name="self">The names of the service of the sub itself (<see cref="ServiceNames"/>).</param>
    public static TriggerActions Of(TriggerSet required, TriggerSet earlier, Plan plan, string self = "") =>
        Of(required, earlier, PathsOf(plan), self);

    /// <summary>As above for paths that are already known: what recovery has after a crash.</summary>
    public static TriggerActions Of(TriggerSet required, TriggerSet earlier, IEnumerable<ReadOnlyMemory<byte>> paths, string self)
    {
        var all = TriggerSet.Union(required, earlier);
        if (all.Triggers.Count == 0)
        {
            return None;
        }

        var matched = new bool[all.Triggers.Count];
        var units = false;
        foreach (var path in paths)
        {
            all.Match(path.Span, matched);
            units = units || IsUnit(path.Span);
        }

        var actions = Of(required, [.. all.Triggers.Where((_, i) => matched[i])], self);
        return actions with { ReloadUnits = units && (actions.Start.Count > 0 || actions.Reload.Count > 0 || actions.RestartSelf) };
    }

    /// <summary>True for what lies where systemd looks for units, their drop-ins and the scripts it makes units of.</summary>
    private static bool IsUnit(ReadOnlySpan<byte> path) =>
        path.StartsWith("/etc/systemd/"u8) || path.StartsWith("/usr/lib/systemd/"u8) || path.StartsWith("/lib/systemd/"u8)
        || path.StartsWith("/usr/local/lib/systemd/"u8) || path.StartsWith("/etc/init.d/"u8);

    private static TriggerActions Of(TriggerSet required, IReadOnlyList<Trigger> matched, string self)
    {
        var reboot = matched.Any(t => t.DoReboot);

        // Before a reboot nothing is stopped: the reboot does that, and the machine serves until then.
        var restart = matched.Where(t => !t.DoReload && !ServiceNames.Contain(self, t.Service) && (!reboot || (t.DoReboot && !IsNominal(t.Service)))).Select(t => t.Service).Distinct().ToList();
        var reload = reboot ? [] : matched.Where(t => t.DoReload && !ServiceNames.Contain(self, t.Service)).Select(t => t.Service).Distinct().Except(restart).ToList();
        return new TriggerActions
        {
            Stop = reboot ? [] : restart,
            Start = restart,
            Reload = reload,
            Retired = [.. restart.Union(reload).Where(s => !required.Names(s))],
            RestartSelf = !reboot && self.Length > 0 && matched.Any(t => ServiceNames.Contain(self, t.Service)),
            Reboot = reboot,
            HighImpact = matched.Any(t => t.HighImpact),
        };
    }

    /// <summary>A trigger that only reboots names no service of its own: there is none of this name, and starting the target would reboot at once.</summary>
    private static bool IsNominal(string service) => service is "reboot" or "reboot.service" or "reboot.target";

    private static IEnumerable<ReadOnlyMemory<byte>> PathsOf(Plan plan)
    {
        foreach (var step in plan.Steps)
        {
            if (ChangesMoreThanTime(step))
            {
                yield return step.Path.Bytes;
            }
        }

        for (var i = 0; i < plan.OtherNamesBeyondTime; i++)
        {
            yield return plan.OtherNames[i].Bytes;
        }
    }

    private static bool ChangesMoreThanTime(PlanStep step) =>
        step.Kind is not (PlanStepKind.ChangeMetadata or PlanStepKind.Replace) || !step.Old.ReadInode().DiffersInTimeOnly(step.New.ReadInode());
}
