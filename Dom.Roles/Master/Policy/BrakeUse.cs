namespace Dom.Roles.Master.Policy;

/// <summary>The brake of one image directory, as people see it.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Machines">Machines that require an image of it.</param>
/// <param name="Updating">Machines that have their turn.</param>
/// <param name="Limit">How many may.</param>
/// <param name="Waiting">Machines that wait for a turn.</param>
/// <param name="IsOpen">False while too few machines have answered since the start.</param>
internal sealed record BrakeUse(string Directory, int Machines, int Updating, int Limit, int Waiting, bool IsOpen);
