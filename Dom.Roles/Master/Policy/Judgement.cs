namespace Dom.Roles.Master.Policy;

/// <summary>A status with its explanation, and what should be done.</summary>
internal readonly record struct Judgement(MachineStatus Status, string Detail = "", Want Want = Want.Nothing);
