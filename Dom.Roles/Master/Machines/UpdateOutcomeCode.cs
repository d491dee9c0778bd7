namespace Dom.Roles.Master.Machines;

/// <summary>Codes of ended updates that are no failure: nothing was touched.</summary>
internal static class UpdateOutcomeCode
{
    /// <summary>The machine no longer was as the plan assumed; another plan is offered.</summary>
    public const string PlanChanged = "PlanChanged";

    /// <summary>A stop, or the end of the direction's lifetime, ended it.</summary>
    public const string Halted = "Halted";
}
