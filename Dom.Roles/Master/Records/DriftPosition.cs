namespace Dom.Roles.Master.Records;

/// <summary>How far a machine's log of corrected deviations is known.</summary>
/// <param name="Log">Id of the machine's log.</param>
/// <param name="Number">The last number known.</param>
internal readonly record struct DriftPosition(ulong Log, long Number);
