namespace Dom.Cli.Output;

/// <summary>A deviation that was corrected, and how many milliseconds after it was made.</summary>
internal sealed record QuickstartCorrection(string What, string Path, double? NoticedMs, double? CorrectedMs);
