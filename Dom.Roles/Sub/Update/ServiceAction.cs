using Dom.Core.Trees.Triggers;

namespace Dom.Roles.Sub.Update;

/// <summary>One thing to do with one service.</summary>
/// <param name="Verb">What.</param>
/// <param name="Service">Its name, as the trigger gives it.</param>
/// <param name="IsRetired">The required image knows no such service any more: that it does not start is no failure.</param>
/// <param name="AfterSwap">It belongs to a swap: when that never began it is dropped.</param>
public readonly record struct ServiceAction(ServiceVerb Verb, string Service, bool IsRetired = false, bool AfterSwap = false)
{
    /// <summary>The name of a reboot as an action; also a name for triggers that have no service of their own.</summary>
    public const string Reboot = "reboot";

    /// <summary>The name of a reboot that stops no services any more.</summary>
    public const string ForcedReboot = "reboot-force";

    /// <summary>What follows a swap, in order: units are read anew, starts, reloads, and what may end this process last.</summary>
    public static IReadOnlyList<ServiceAction> After(TriggerActions actions, string self)
    {
        var after = new List<ServiceAction>();
        if (actions.ReloadUnits)
        {
            after.Add(new ServiceAction(ServiceVerb.ReloadUnits, ""));
        }

        after.AddRange(actions.Start.Select(service => new ServiceAction(ServiceVerb.Start, service, actions.Retired.Contains(service))));
        after.AddRange(actions.Reload.Select(service => new ServiceAction(ServiceVerb.Reload, service, actions.Retired.Contains(service))));
        if (actions.RestartSelf)
        {
            after.Add(new ServiceAction(ServiceVerb.Restart, self));
        }

        if (actions.Reboot)
        {
            after.Add(new ServiceAction(ServiceVerb.Reboot, Reboot));
        }

        return after;
    }
}
