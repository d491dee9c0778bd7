namespace Dom.Roles.Hosting;

/// <summary>Refused calls that were counted only.</summary>
/// <param name="User">Whose.</param>
/// <param name="Calls">How many.</param>
/// <param name="Since">Since when, counted from the first refusal.</param>
internal readonly record struct LeftOutCalls(string User, int Calls, DateTimeOffset Since);
