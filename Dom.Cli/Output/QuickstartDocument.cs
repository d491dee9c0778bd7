namespace Dom.Cli.Output;

/// <summary>The document of <c>dom quickstart --json</c>.</summary>
internal sealed record QuickstartDocument(
    string Directory, string Image, bool Compliant, IReadOnlyList<string> StatusPages, IReadOnlyList<string> LeftOut, IReadOnlyList<QuickstartCorrection> Corrections);
