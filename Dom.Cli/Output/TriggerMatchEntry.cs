namespace Dom.Cli.Output;

/// <summary>A trigger that some paths run.</summary>
/// <param name="Service">The service.</param>
/// <param name="Action"><c>reload</c>, <c>restart</c> or <c>reboot</c>.</param>
/// <param name="HighImpact">It disturbs users of the machine.</param>
/// <param name="Paths">The paths that match.</param>
internal sealed record TriggerMatchEntry(string Service, string Action, bool HighImpact, IReadOnlyList<string> Paths);
